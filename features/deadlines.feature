Feature: The deadlines of the terms, day by day
  Each line is a term that somebody could get wrong: clock changes, holidays, their substitutes, and days counted back.

  @DNB-7.1
  Rule: 48 hours from the receipt of the warning

    Scenario Outline: Elapsed hours
      When 48 hours of rule DNB-7.1 are counted from <receipt>
      Then it lapses at <lapse>
      And its reckoning cites rule GEN-4

      Examples:
        | receipt             | lapse               |
        | 2026-03-28 at 10:00 | 2026-03-30 at 11:00 |
        | 2026-10-24 at 10:00 | 2026-10-26 at 09:00 |
        | 2026-04-10 at 18:00 | 2026-04-12 at 18:00 |

  @DNB-7.3
  Rule: Seven working days from the receipt of the second demand

    Scenario Outline: Weekends, holidays and the days in their place are left out
      Given "Textil" attained AAA for 2024
      And "Textil" orders a certificate on 2026-01-10
      And "Textil" was suspended on <suspended> for misuse
      When "Textil" receives the second demand on <receipt>
      Then the misuse by "Textil" has to stop until the end of <last>
      And its reckoning cites rule GEN-3

      Examples:
        | suspended        | receipt    | last       |
        | 2026-04-03 10:00 | 2026-04-07 | 2026-04-20 |
        | 2026-04-24 10:00 | 2026-04-29 | 2026-05-11 |
        | 2026-12-22 10:00 | 2026-12-29 | 2027-01-11 |
        | 2026-02-06 10:00 | 2026-02-11 | 2026-02-24 |

    Scenario Outline: What is left out
      When 7 working days of rule DNB-7.3 are counted from <receipt>
      Then its last day is <last>
      And its reckoning leaves out <holiday>

      Examples:
        | receipt    | last       | holiday    |
        | 2026-04-07 | 2026-04-20 | 2026-04-10 |
        | 2026-04-07 | 2026-04-20 | 2026-04-13 |
        | 2026-04-29 | 2026-05-11 | 2026-05-01 |
        | 2026-12-29 | 2027-01-11 | 2027-01-01 |
        | 2026-12-29 | 2027-01-11 | 2027-01-07 |
        | 2026-02-11 | 2026-02-24 | 2026-02-16 |
        | 2026-02-11 | 2026-02-24 | 2026-02-17 |

    Example: If Saturdays counted
      Given the reading that Saturdays are working days
      When 7 working days of rule DNB-7.3 are counted from 2026-04-07
      Then its last day is 2026-04-18

    Example: If they were calendar days
      When 7 calendar days of rule DNB-7.3 are counted from 2026-04-07
      Then its last day is 2026-04-14

  @DNB-6.17
  Rule: Three calendar days to remove the mark after its loss

    Scenario Outline: Calendar days that do not end on a day off
      When 3 calendar days of rule DNB-6.17 are counted from <loss>
      Then its last day is <last>

      Examples:
        | loss       | last       |
        | 2026-04-09 | 2026-04-14 |
        | 2026-03-02 | 2026-03-05 |

  @DNB-4.11
  Rule: Notice sixty days before expiry

    Scenario Outline: Counted back, with the working day that staff aim at
      Given "Textil" holds an AA certificate concluded on <concluded>
      When it is <asked>
      Then the renewal notice to "Textil" is due by <last>
      And the internal target is <target>
      And its reckoning cites rule GEN-5

      Examples:
        | concluded  | asked      | last       | target     |
        | 2025-06-30 | 2026-04-01 | 2026-05-01 | 2026-04-30 |
        | 2025-06-28 | 2026-04-01 | 2026-04-29 | 2026-04-29 |

  @DNB-4.6
  Rule: Cancellation thirty days before expiry

    Scenario Outline: Counted back, a day off stays the last day
      Given "Textil" holds an AA certificate concluded on <concluded>
      When it is <asked>
      Then "Textil" can cancel until <last>
      And its reckoning cites rule GEN-5

      Examples:
        | concluded  | asked      | last       |
        | 2025-06-30 | 2026-04-01 | 2026-05-31 |
        | 2025-06-29 | 2026-04-01 | 2026-05-30 |

  @DNB-4.13
  Rule: Fifteen days to cancel after a late notice

    Scenario Outline: Calendar days from receipt
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      When "Textil" receives the renewal notice on <receipt>
      Then "Textil" can cancel until <last>

      Examples:
        | receipt    | last       |
        | 2026-06-10 | 2026-06-25 |
        | 2026-06-12 | 2026-06-29 |

  @DNB-6.5
  Rule: Three working days for the electronic materials

    Scenario Outline: From the agreement on the order
      When 3 working days of rule DNB-6.5 are counted from <agreement>
      Then its last day is <last>

      Examples:
        | agreement  | last       |
        | 2026-04-29 | 2026-05-05 |
        | 2026-06-01 | 2026-06-04 |

  @DNB-6.6
  Rule: Thirty days for the parcel

    Scenario Outline: From the conclusion of the contract
      When 30 calendar days of rule DNB-6.6 are counted from <agreement>
      Then its last day is <last>

      Examples:
        | agreement  | last       |
        | 2026-04-29 | 2026-05-29 |
        | 2026-04-30 | 2026-06-01 |

  @DNB-14.2
  Rule: Thirty days before an adverse change of the terms

    Scenario Outline: Counted back from the day of effect
      When 30 days before <effect> are counted back for rule DNB-14.2
      Then its last day is <last>

      Examples:
        | effect     | last       |
        | 2026-09-01 | 2026-08-02 |
        | 2026-08-31 | 2026-08-01 |

  @DNB-4.3
  Rule: Twelve months of contract

    Scenario Outline: The day of the same number, or the month's last
      Given "Textil" attained AA for <year>
      When "Textil" orders a certificate on <concluded>
      Then the contract of "Textil" ends on <last>

      Examples:
        | year | concluded  | last       |
        | 2026 | 2028-02-29 | 2029-02-28 |
        | 2025 | 2027-02-28 | 2028-02-28 |
