Feature: Who can get a certificate, and which edition
  The methodology attains a class for each business year; the editions follow from the classes of several years.

  @DNB-2.3
  Rule: A, AA and AAA are the classes of excellence, and there is no other

    Scenario Outline: Each of the three is enough for a certificate
      Given "Textil" attained <class> for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then the register shows "Textil" as valid
      And the register shows "Textil" in class <class>

      Examples:
        | class |
        | A     |
        | AA    |
        | AAA   |

    Example: Assessed, and none of the three attained
      Given "Textil" attained none for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then the order of "Textil" is refused
      And "Textil" has no certificate

    Example: A class that does not exist
      Given a company "Textil"
      When somebody reports "BBB" as the class of "Textil" for 2024 on 2025-05-15
      Then the report is rejected

    Example: A class spelled with Cyrillic letters that only look alike
      Given a company "Textil"
      When somebody reports "ААА" as the class of "Textil" for 2024 on 2025-05-15
      Then the report is rejected

  @DNB-2.4
  Rule: Three years of excellence in a row, whatever the class, are Silver

    Example: Three years, a different class in each
      Given "Textil" attained A for 2022
      And "Textil" attained AAA for 2023
      When "Textil" is assessed AA for 2024 on 2025-05-15
      Then "Textil" has attained Silver for 2024
      And rule DNB-2.4 is cited

    Example: Two years are not enough
      Given "Textil" attained A for 2023
      When "Textil" is assessed AA for 2024 on 2025-05-15
      Then "Textil" has attained no special edition for 2024

  @DNB-2.5
  Rule: Three years of AAA in a row are Gold

    Example: AAA three times
      Given "Textil" attained AAA for 2022 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024
      And rule DNB-2.5 is cited

    Example: One AA among them leaves Silver
      Given "Textil" attained AAA for 2022 to 2023
      When "Textil" is assessed AA for 2024 on 2025-05-15
      Then "Textil" has attained Silver for 2024

  @DNB-2.6
  Rule: Three years of Gold in a row are Platinum

    Example: Gold for the third time, which is AAA for the fifth
      Given "Textil" attained AAA for 2020 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Platinum for 2024
      And rule DNB-2.6 is cited

    Example: Gold for the second time
      Given "Textil" attained AAA for 2021 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024

  @DNB-2.7
  Rule: Platinum contains Gold, and Gold contains Silver; the highest one is offered

    Example: Who attains Platinum can agree on Silver
      Given "Textil" attained AAA for 2020 to 2024
      When "Textil" orders a Silver certificate on 2025-06-01
      Then the register shows "Textil" with the Silver edition

    Example: Who attains Silver cannot agree on Gold
      Given "Textil" attained AA for 2022 to 2024
      When "Textil" orders a Gold certificate on 2025-06-01
      Then the special edition is refused to "Textil"
      And the register shows "Textil" without a special edition
      And rule DNB-2.5 is cited

    Example: Of all that is attained the highest is offered
      Given "Textil" attained AAA for 2022 to 2023
      And "Textil" holds a certificate concluded on 2024-06-01
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" is offered Gold

  @DNB-2.8
  Rule: A year without a class breaks the row

    Example: A year in which no class was attained
      Given "Textil" attained AAA for 2021 to 2022
      And "Textil" attained none for 2023
      And "Textil" attained AAA for 2024 to 2025
      Then "Textil" has attained no special edition for 2025

    Example: A year without any assessment
      Given "Textil" attained AAA for 2021 to 2022
      And "Textil" attained AAA for 2024 to 2025
      Then "Textil" has attained no special edition for 2025

    Example: A class corrected afterwards takes the edition that was built on it
      Given "Textil" attained AAA for 2021 to 2023
      When "Textil" is assessed none for 2022 on 2024-09-01
      Then "Textil" has attained no special edition for 2023
      And rule DNB-2.8 is cited

    Example: Losing the licence breaks nothing, for a class is not a licence
      Given "Textil" attained AAA for 2022 to 2023
      And "Textil" holds a certificate concluded on 2024-06-01
      And the account of "Textil" is blocked on 2024-09-01
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024

  @DNB-3.1
  Rule: Only a company that meets the conditions now gets a certificate

    Example: Assessed for the last business year
      Given "Textil" attained A for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then the contract of "Textil" is concluded

    Example: Before the new data is collected, the year before it still counts
      Given "Textil" attained A for 2023
      And collection of the 2024 data opens on 2025-02-01 and is to close on 2025-05-31
      When "Textil" orders a certificate on 2025-05-31 23:59
      Then the contract of "Textil" is concluded

    Example: Once the new data is collected, it counts no longer
      Given "Textil" attained A for 2023
      And collection of the 2024 data opens on 2025-02-01 and is to close on 2025-05-31
      When "Textil" orders a certificate on 2025-06-01
      Then the order of "Textil" is refused
      And rule DNB-3.1 is cited

    Example: A class of three years ago
      Given "Textil" attained AAA for 2022
      When "Textil" orders a certificate on 2025-06-01
      Then the order of "Textil" is refused
      And rule DNB-3.1 is cited

    Example: A class for a business year that has not closed counts for nothing
      Given "Textil" is assessed AAA for 2025 on 2025-12-31 23:59
      When "Textil" orders a certificate on 2026-01-05
      Then the order of "Textil" is refused
      And rule DNB-3.1 is cited

    Example: A minute later the year has closed
      Given "Textil" is assessed AAA for 2025 on 2026-01-01 00:00
      When "Textil" orders a certificate on 2026-01-05
      Then the contract of "Textil" is concluded

    Example: Nor does it make an edition
      Given "Textil" attained AAA for 2022 to 2023
      When "Textil" is assessed AAA for 2024 on 2024-12-31
      Then "Textil" has attained no special edition for 2024

    Example: Blocked at the moment of ordering
      Given "Textil" attained AAA for 2024
      And the account of "Textil" is blocked on 2025-06-01
      When "Textil" orders a certificate on 2025-06-01 12:00
      Then the order of "Textil" is refused

  @DNB-M7
  Rule: The method foresees twelve months; what it foresees denies a certificate and takes none away

    Example: Trouble foreseen denies the order
      Given "Textil" attained none for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then the order of "Textil" is refused

    Example: Trouble foreseen leaves a running certificate alone
      Given "Textil" holds an AAA certificate concluded on 2024-06-01
      When "Textil" is assessed none for 2024 on 2025-05-15
      Then the register shows "Textil" as valid
      And "Textil" may use the mark

    Example: A real blockade of one day, far from 90, costs the licence but not the class
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And the account of "Textil" is blocked on 2025-09-01
      When the account of "Textil" is unblocked on 2025-09-02
      Then the register shows "Textil" as revoked
      And the register shows "Textil" in class AAA

  @DNB-M8
  Rule: Who was blocked on any of the last 365 days gets no certificate

    Example: The 365th day before the order was blocked
      Given "Textil" attained AAA for 2024
      And the account of "Textil" is blocked on 2024-05-20, learned 2025-05-20
      And the account of "Textil" is unblocked on 2024-06-01 12:00, learned 2025-05-21
      When "Textil" orders a certificate on 2025-06-01
      Then the order of "Textil" is refused
      And rule DNB-M8 is cited

    Example: One day later the blockade lies 366 days back
      Given "Textil" attained AAA for 2024
      And the account of "Textil" is blocked on 2024-05-20, learned 2025-05-20
      And the account of "Textil" is unblocked on 2024-06-01 12:00, learned 2025-05-21
      When "Textil" orders a certificate on 2025-06-02
      Then the contract of "Textil" is concluded
