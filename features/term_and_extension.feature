Feature: How long a contract lasts
  Twelve months, counted from the day of conclusion; longer only while the data of a new business year is collected.

  @DNB-4.3 @GEN-6
  Rule: A term ends on the same-numbered day, and no later term drifts

    Example: A last day on a Sunday stays where it is
      Given "Textil" attained AA for 2024
      When "Textil" orders a certificate on 2025-05-31
      Then the contract of "Textil" ends on 2026-05-31
      And its reckoning cites rule GEN-6

    Example: A year without 29 February ends on the 28th
      Given "Textil" attained AA for 2026
      When "Textil" orders a certificate on 2028-02-29
      Then the contract of "Textil" ends on 2029-02-28

    Example: 29 February comes back in the next leap year
      Given the reading that a contract renews without a notice
      And "Textil" attained AA for 2026
      And "Textil" orders a certificate on 2028-02-29
      And "Textil" attained AA for 2027 to 2029
      When it is 2031-03-15
      Then the contract of "Textil" ends on 2032-02-29

    Example: The next term begins with the day after
      Given the reading that a contract renews without a notice
      And "Textil" attained AA for 2024
      And "Textil" orders a certificate on 2025-06-30
      And "Textil" attained AA for 2025
      When it is 2026-07-01 00:00
      Then the certificate of "Textil" runs from 2026-07-01 to 2027-06-30

  @DNB-4.4
  Rule: A contract that expires while data is collected lasts until it is collected

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      And collection of the 2025 data opens on 2026-02-01

    Example: Expiry while the collection is open
      When it is 2026-04-01 00:00
      Then the register shows "Textil" as valid, extended
      And the certificate of "Textil" has an open end
      And rule DNB-4.4 is cited

    Example: The collection outlasts the term by a day
      Given collection of the 2025 data opens on 2026-02-01 and is to close on 2026-04-01
      When it is 2026-04-01 23:59
      Then the register shows "Textil" as valid, extended

    Example: The collection ends with the term
      Given collection of the 2025 data opens on 2026-02-01 and is to close on 2026-03-31
      And "Textil" is assessed AA for 2025 on 2026-03-31
      When it is 2026-04-01 00:00
      Then the contract of "Textil" is renewed
      And the register shows "Textil" as valid

    Example: The collection closes as announced, and the contract ends with its last day
      Given collection of the 2025 data opens on 2026-02-01 and is to close on 2026-04-30
      When it is 2026-05-01 00:00
      Then the extension of "Textil" is over, with 2026-04-30 as the last day of its term

    Example: Until midnight of that day it is extended
      Given collection of the 2025 data opens on 2026-02-01 and is to close on 2026-04-30
      When it is 2026-04-30 23:59
      Then the register shows "Textil" as valid, extended

    Example: The next term begins with the day after the announced one
      Given collection of the 2025 data opens on 2026-02-01 and is to close on 2026-04-30
      And "Textil" is assessed AA for 2025 on 2026-04-20
      And "Textil" receives a late renewal notice on 2026-05-04, for want of data
      When it is 2026-05-20 00:00
      Then the certificate of "Textil" runs from 2026-05-01 to 2027-04-30

    Example: It begins on the same day where the data was collected by day
      Given the 2025 data of "Textil" is collected on 2026-04-30 10:00
      And "Textil" is assessed AA for 2025 on 2026-04-30 12:00
      And "Textil" receives a late renewal notice on 2026-05-04, for want of data
      When it is 2026-05-20 00:00
      Then the certificate of "Textil" runs from 2026-05-01 to 2027-04-30

    Example: The company's own data ends its extension, though the others are still waited for
      When the 2025 data of "Textil" is collected on 2026-04-20 12:00
      Then the extension of "Textil" is over
      And the contract of "Textil" ends on 2026-04-20
      And rule DNB-4.4 is cited

    Example: Ninety days without data are a reason to ask for it
      When it is 2026-06-29 23:59
      Then nobody is asked to ask for the missing data of "Textil"

    Example: And the ninety-first day has begun
      When it is 2026-06-30 00:00
      Then staff are asked to ask for the missing data of "Textil"
      And the register shows "Textil" as valid, extended
