Feature: How time is counted, and what is kept of each decision

  @GEN-1
  Rule: Days are days in Belgrade, wherever a report comes from

    Example: Half past ten in the evening in London is the next day
      Given "Textil" attained AA for 2024
      When the consensus with "Textil" from "+00:00" time 2025-06-30 22:30 reaches us
      Then the certificate of "Textil" runs from 2025-07-01 to 2026-07-01

    Example: An hour earlier it is the same day
      Given "Textil" attained AA for 2024
      When the consensus with "Textil" from "+00:00" time 2025-06-30 21:59 reaches us
      Then the certificate of "Textil" runs from 2025-06-30 to 2026-06-30

    Example: The instant is kept beside the day
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When the blockade of "Textil" from "-05:00" time 2025-10-01 20:30 reaches us
      Then the register shows "Textil" as revoked since 2025-10-02 03:30

  @GEN-2
  Rule: Days without a further word are calendar days, and the last one is no day off

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30

    Example: The fifteenth day is a Saturday, and so it is Monday
      When "Textil" receives the renewal notice on 2026-06-12
      Then "Textil" can cancel until 2026-06-29
      And its reckoning cites rule GEN-2
      And its reckoning leaves out 2026-06-27

    Example: On that Monday
      Given "Textil" receives the renewal notice on 2026-06-12
      When "Textil" cancels by e-mail on 2026-06-29 23:59
      Then the cancellation of "Textil" is accepted

    Example: After that Monday
      Given "Textil" receives the renewal notice on 2026-06-12
      When "Textil" cancels by e-mail on 2026-06-30 00:00
      Then the cancellation of "Textil" is refused

    Example: The fifteenth day is a Thursday and stays one
      When "Textil" receives the renewal notice on 2026-06-10
      Then "Textil" can cancel until 2026-06-25

  @GEN-3
  Rule: Working days leave out weekends and holidays, by a calendar that can be corrected

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-28 10:00 for misuse

    Example: Counting starts with the next working day
      When "Textil" receives the second demand on 2026-05-04 12:00
      Then the misuse by "Textil" has to stop until the end of 2026-05-13
      And its reckoning cites rule GEN-3
      And its reckoning leaves out 2026-05-09

    Example: A day is declared a day off, and the open term ends later
      Given "Textil" receives the second demand on 2026-05-04 12:00
      When the calendar is corrected on 2026-05-08: 2026-05-12 is a day off
      Then the deadline of "Textil" moves from 2026-05-13 to 2026-05-14
      And the misuse by "Textil" has to stop until the end of 2026-05-14
      And rule GEN-3 is cited

    Example: A term that has lapsed by then is undone, and lapses on its right day
      Given "Textil" receives the second demand on 2026-05-04 12:00
      And it is 2026-05-14 08:00
      When the calendar is corrected on 2026-05-14 09:00: 2026-05-12 is a day off
      Then the deadline of "Textil" moves from 2026-05-13 to 2026-05-14
      And nobody is asked to propose the withdrawal for good of "Textil"

    Example: And on its right day
      Given "Textil" receives the second demand on 2026-05-04 12:00
      And it is 2026-05-14 08:00
      And the calendar is corrected on 2026-05-14 09:00: 2026-05-12 is a day off
      When it is 2026-05-15 00:00
      Then staff are asked to propose the withdrawal for good of "Textil"

    Example: A correction that would shorten the term changes nothing
      Given "Textil" receives the second demand on 2026-04-29 12:00
      When the calendar is corrected on 2026-05-05: 2026-05-01 is a working day
      Then the misuse by "Textil" has to stop until the end of 2026-05-11

  @GEN-4
  Rule: Forty-eight hours are hours that pass, and no holiday stops them

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-09 as case "M-1"
      And "Textil" receives the warning on 2026-04-10 18:00

    Example: Over Good Friday and the Saturday before Easter
      When it is 2026-04-12 17:59
      Then the register shows "Textil" as valid

    Example: They are over on Easter Sunday
      When it is 2026-04-12 18:00
      Then the register shows "Textil" as suspended

  @GEN-6
  Rule: Months end on the day of the same number, or on the last day of the month

    Scenario Outline: Twelve months
      When 12 months of rule DNB-4.3 are counted from <from>
      Then its last day is <to>
      And its reckoning cites rule GEN-6

      Examples:
        | from       | to         |
        | 2025-06-01 | 2026-06-01 |
        | 2025-12-31 | 2026-12-31 |
        | 2027-02-28 | 2028-02-28 |
        | 2028-02-29 | 2029-02-28 |

  @GEN-9
  Rule: A numbered clause comes before a product card, the special clause before the general one

    Example: The card speaks of excellence, the clause of AAA
      Given "Textil" attained AA for 2022 to 2023
      When "Textil" is assessed AA for 2024 on 2025-05-15
      Then "Textil" has attained Silver for 2024

    Example: What the clause asks for is enough
      Given "Textil" attained AAA for 2022 to 2023
      When "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" has attained Gold for 2024

    Example: Clause 6 names misuse as a loss, clause 7 says how it comes to that
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When alteration by "Textil" is reported on 2025-10-01 as case "M-1"
      Then "Textil" may use the mark
      And rule DNB-6.15 is not cited

  @GEN-11
  Rule: Every decision tells which terms, readings and calendar it was taken under

    Example: The usual readings
      Given "Textil" attained AA for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then every decision about "Textil" is stamped with the terms, the readings and the calendar in force
      And every decision about "Textil" names its rule and what it follows from

    Example: Another reading shows in the stamp
      Given the reading that Platinum takes six years
      And "Textil" attained AA for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then every decision about "Textil" is stamped with the terms, the readings and the calendar in force
      And the stamp on every decision about "Textil" tells that another reading was chosen

    Example: Before the calendar was corrected
      Given "Textil" attained AA for 2024
      When "Textil" orders a certificate on 2025-06-01
      Then the stamp on every decision about "Textil" names the calendar "RS/1"

    Example: After it was corrected
      Given "Textil" attained AA for 2024
      And the calendar is corrected on 2025-05-20: 2025-06-02 is a day off
      When "Textil" orders a certificate on 2025-06-01
      Then the stamp on every decision about "Textil" names the calendar "RS/2"
