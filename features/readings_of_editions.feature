Feature: Readings of the editions, of the licence at renewal, and of names
  Each reading is the issuer's choice; here is what either choice brings.

  @X-11
  Rule: Gold takes AAA, or, as the product card has it, any excellence

    Example: Clause 2
      Given the reading that Gold takes AAA
      And "Textil" attained A for 2022 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Silver for 2024

    Example: The card
      Given the reading that Gold takes any excellence
      And "Textil" attained A for 2022 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024

  @X-12
  Rule: Platinum takes five years of AAA, or six, or three Gold certificates that were ordered

    Scenario Outline: Years attained
      Given the reading that Platinum takes <years> years
      And "Textil" attained AAA for <first> to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained <edition> for 2024

      Examples:
        | years | first | edition  |
        | five  | 2020  | Platinum |
        | five  | 2021  | Gold     |
        | six   | 2019  | Platinum |
        | six   | 2020  | Gold     |

    Example: The third Gold certificate in a row
      Given the reading that Platinum takes three Gold certificates that were ordered
      And "Textil" attained AAA for 2020 to 2022
      And "Textil" holds a Gold certificate concluded on 2023-06-30
      And "Textil" receives the renewal notice on 2024-04-15
      And "Textil" is assessed AAA for 2023 on 2024-05-15
      And "Textil" receives the renewal notice on 2025-04-15
      And "Textil" is assessed AAA for 2024 on 2025-05-15
      When "Textil" and D&B agree on Platinum on 2025-07-10
      Then the register shows "Textil" with the Platinum edition

    Example: Three Gold certificates on three orders
      Given the reading that Platinum takes three Gold certificates that were ordered
      And "Textil" attained AAA for 2018 to 2021
      And "Textil" held a Gold certificate from 2022-06-01 and left it
      And "Textil" attained AAA for 2022
      And "Textil" held a Gold certificate from 2023-06-05 and left it
      And "Textil" attained AAA for 2023
      And "Textil" holds another Gold certificate concluded on 2024-06-10
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Platinum for 2024
      And "Textil" is offered Platinum

    Example: Only two of them Gold
      Given the reading that Platinum takes three Gold certificates that were ordered
      And "Textil" attained AAA for 2018 to 2022
      And "Textil" held a Gold certificate from 2023-06-05 and left it
      And "Textil" attained AAA for 2023
      And "Textil" holds another Gold certificate concluded on 2024-06-10
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024
      And "Textil" is offered no special edition

    Example: Five years attained, but only two Gold certificates
      Given the reading that Platinum takes three Gold certificates that were ordered
      And "Textil" attained AAA for 2019 to 2023
      And "Textil" holds a Gold certificate concluded on 2024-06-30
      And "Textil" receives the renewal notice on 2025-04-15
      And "Textil" is assessed AAA for 2024 on 2025-05-15
      When "Textil" and D&B agree on Platinum on 2025-07-10
      Then the special edition is refused to "Textil"
      And the register shows "Textil" with the Gold edition

  @X-16
  Rule: A blockade revokes the entry in the register, and leaves class and contract as they are

    Example: After the blockade
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When the account of "Textil" is blocked on 2025-10-01
      Then the register shows "Textil" as revoked
      And the register shows "Textil" in class AAA
      And the certificate of "Textil" runs from 2025-06-01 to 2026-06-01
      And the contract of "Textil" ends on 2026-06-01

    Example: The day before
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When it is 2025-09-30 23:59
      Then the register shows "Textil" as valid

  @X-17
  Rule: A blockade at the renewal excludes it, or lets it renew without a licence

    Example: It excludes
      Given the reading that a blockade in the last 365 days excludes
      And "Metal" holds an AA certificate concluded on 2025-06-30
      And "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And the account of "Metal" is blocked on 2026-06-20
      When it is 2026-07-01
      Then the contract of "Metal" is not renewed
      And the register shows "Metal" as revoked

    Example: It renews, and the licence stays lost
      Given the reading that a past blockade excludes nobody
      And "Metal" holds an AA certificate concluded on 2025-06-30
      And "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And the account of "Metal" is blocked on 2026-06-20
      When it is 2026-07-01
      Then the contract of "Metal" is renewed
      And the register shows "Metal" as revoked
      And "Metal" may not use the mark

  @X-17
  Rule: A licence taken for good holds the renewal, or leaves it alone

    Example: It is held, and people decide
      Given the reading that a licence withdrawn for good holds the renewal
      And "Metal" holds an AA certificate concluded on 2025-06-30
      And "Metal" lost its licence for good on 2026-03-20
      And "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01
      Then the renewal of "Metal" is held
      And staff are asked to decide on the renewal of "Metal"
      And rule X-17 is cited

    Example: It renews
      Given the reading that a contract renews without a licence
      And "Metal" holds an AA certificate concluded on 2025-06-30
      And "Metal" lost its licence for good on 2026-03-20
      And "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01
      Then the contract of "Metal" is renewed
      And the register shows "Metal" as revoked

  @X-17
  Rule: On a renewal that is held for want of the licence two people decide, and the holder may leave meanwhile

    Background:
      Given the reading that a licence withdrawn for good holds the renewal
      And "Metal" holds an AA certificate concluded on 2025-06-30
      And "Metal" lost its licence for good on 2026-03-20

    Example: They let it go on
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-10
      When Ana and Bojan decide on 2026-07-10 09:00 that the contract of "Metal" goes on
      Then the contract of "Metal" is renewed
      And nobody is asked to decide on the renewal of "Metal"
      And the certificate of "Metal" runs from 2026-07-01 to 2027-06-30
      And the register shows "Metal" as revoked

    Example: They let it end, as of the end of its term
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-10
      When Ana and Bojan decide on 2026-07-10 09:00 that the contract of "Metal" ends
      Then the contract of "Metal" is not renewed
      And nobody is asked to decide on the renewal of "Metal"
      And the certificate of "Metal" ended on 2026-07-01 00:00
      And rule X-17 is cited

    Example: One person alone decides nothing
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-10
      When Ana and Ana decide on 2026-07-10 09:00 that the contract of "Metal" goes on
      Then the step against "Metal" achieves nothing
      And staff are asked to decide on the renewal of "Metal"

    Example: Before the end of the term there is nothing to decide
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      When Ana and Bojan decide on 2026-06-30 23:59 that the contract of "Metal" ends
      Then the step against "Metal" achieves nothing
      And rule X-17 is cited

    Example: As long as nobody has decided the holder may leave, as of the end of the term
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And it is 2026-09-01
      When "Metal" cancels by e-mail on 2026-09-01 09:00
      Then the cancellation of "Metal" is accepted
      And the contract of "Metal" is not renewed
      And nobody is asked to decide on the renewal of "Metal"
      And the certificate of "Metal" ended on 2026-07-01 00:00

    Example: Once they have let it go on he can leave with the end of the next term only
      Given "Metal" receives the renewal notice on 2026-04-15
      And "Metal" is assessed AA for 2025 on 2026-05-15
      And Ana and Bojan decide on 2026-07-10 09:00 that the contract of "Metal" goes on
      When "Metal" cancels by e-mail on 2026-09-01
      Then the cancellation of "Metal" is accepted
      And the certificate of "Metal" runs from 2026-07-01 to 2027-06-30

    Example: A renewal of which nobody was told still waits for the notice and its fifteen days
      Given "Metal" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-10
      When Ana and Bojan decide on 2026-07-10 09:00 that the contract of "Metal" goes on
      Then the renewal of "Metal" is held
      And rule DNB-4.14 is cited
      And nobody is asked to decide on the renewal of "Metal"

    Example: And comes when they have passed
      Given "Metal" is assessed AA for 2025 on 2026-05-15
      And Ana and Bojan decide on 2026-07-10 09:00 that the contract of "Metal" goes on
      And "Metal" receives the renewal notice on 2026-07-13
      When it is 2026-07-29 00:00
      Then the contract of "Metal" is renewed
      And the certificate of "Metal" runs from 2026-07-01 to 2027-06-30

  @X-19
  Rule: A company that changes its name keeps its number, and with it its certificate

    Example: Renamed
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When "Textil" is renamed "Nova Tkanina" on 2025-10-01
      Then the register bears the name "Nova Tkanina" for "Textil"
      And the register shows "Textil" as valid
      And rule X-19 is cited

    Example: Another number is another company, whatever it is called
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And a company "Nova Tkanina"
      When "Textil" is deleted from the business register on 2025-10-01
      Then "Nova Tkanina" has no certificate
