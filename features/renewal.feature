Feature: What the renewal brings
  A contract renews by itself into what the company attains by then, unless it was cancelled or nothing is attained.

  @DNB-4.5
  Rule: After its end the contract renews by itself for what the company attains, unless cancelled

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15

    Example: Nobody does anything, and it renews
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01 00:00
      Then the contract of "Textil" is renewed
      And the register shows "Textil" as valid
      And rule DNB-4.5 is cited

    Example: A minute before, it is the old term still
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-06-30 23:59
      Then the contract of "Textil" is not yet renewed
      And the certificate of "Textil" runs from 2025-06-30 to 2026-06-30

    Example: It was cancelled
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      And "Textil" cancels by e-mail on 2026-05-20
      When it is 2026-07-01 00:00
      Then the contract of "Textil" is not renewed
      And the register shows "Textil" as cancelled at expiry

    Example: It does not matter when somebody lets deadlines be enforced
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-09-01
      When deadlines are enforced
      Then the register shows "Textil" as valid since 2026-07-01 00:00
      And the certificate of "Textil" runs from 2026-07-01 to 2027-06-30

  @DNB-4.8
  Rule: Who meets the conditions no longer is not renewed

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed none for 2025 on 2026-05-15

    Example: The class falls away, and the contract runs to its end
      When it is 2026-06-30 23:59
      Then the register shows "Textil" as valid
      And the register shows "Textil" in class AA

    Example: At its end it is not renewed
      When it is 2026-07-01 00:00
      Then the register shows "Textil" as expired
      And rule DNB-4.8 is cited

  @DNB-4.9
  Rule: The renewal shows the class and edition attained by then

    Example: AAA has become AA
      Given "Textil" holds an AAA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01 00:00
      Then the register shows "Textil" in class AA
      And rule DNB-4.9 is cited

    Example: Until the renewal AAA stays
      Given "Textil" holds an AAA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-06-30 23:59
      Then the register shows "Textil" in class AAA

    Example: A Gold certificate, and Gold attained again
      Given "Textil" attained AAA for 2022 to 2024
      And "Textil" holds a Gold certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AAA for 2025 on 2026-05-15
      When it is 2026-07-01 00:00
      Then the register shows "Textil" with the Gold edition

    Example: A Gold certificate, and only Silver attained
      Given "Textil" attained AAA for 2022 to 2024
      And "Textil" holds a Gold certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01 00:00
      Then the register shows "Textil" with the Silver edition
      And the register shows "Textil" in class AA

  @DNB-4.10
  Rule: A special edition attained for the first time is offered, and comes by agreement only

    Background:
      Given "Textil" attained AAA for 2023 to 2024
      And "Textil" holds a certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15

    Example: Attained for the first time, it is offered
      When "Textil" is assessed AAA for 2025 on 2026-05-15
      Then "Textil" is offered Gold
      And rule DNB-4.10 is cited

    Example: Not attained, it is not
      When "Textil" is assessed none for 2025 on 2026-05-15
      Then "Textil" is offered no special edition

    Example: Nobody answers the offer, and the renewal is without the edition
      Given "Textil" is assessed AAA for 2025 on 2026-05-15
      When it is 2026-07-01 00:00
      Then the contract of "Textil" is renewed
      And the register shows "Textil" without a special edition

    Example: Both agree, and it is shown from that day
      Given "Textil" is assessed AAA for 2025 on 2026-05-15
      When "Textil" and D&B agree on Gold on 2026-07-10
      Then the register shows "Textil" with the Gold edition
      And for 2026-07-09 the register shows "Textil" as valid
      And rule DNB-4.10 is cited

    Example: The next renewal keeps what was agreed
      Given "Textil" is assessed AAA for 2025 on 2026-05-15
      And "Textil" and D&B agree on Gold on 2026-07-10
      And "Textil" receives the renewal notice on 2027-04-15
      And "Textil" is assessed AAA for 2026 on 2027-05-15
      When it is 2027-07-01 00:00
      Then the register shows "Textil" with the Gold edition
