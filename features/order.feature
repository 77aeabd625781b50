Feature: How a certificate is ordered
  By telephone, with an offer confirmed before and a confirmation sent after; or by any other consensus.

  Background:
    Given "Textil" attained AA for 2024

  @DNB-4.1
  Rule: A telephone order becomes a contract with the order confirmation

    Example: Every step is taken
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" confirms the offer on 2025-06-02 10:00
      And "Textil" orders by telephone on 2025-06-02 11:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the register shows "Textil" as valid since 2025-06-03 09:00
      And rule DNB-4.1 is cited

    Example: Ordered, but not yet confirmed by D&B
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" confirms the offer on 2025-06-02 10:00
      When "Textil" orders by telephone on 2025-06-02 11:00
      Then "Textil" has no certificate

    Example: The offer was never confirmed
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" orders by telephone on 2025-06-02 11:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the order of "Textil" is refused
      And rule DNB-4.1 is cited
      And "Textil" has no certificate

    Example: A confirmation of an offer that was made only later confirms nothing
      Given "Textil" confirms the offer on 2025-06-02 09:00
      And D&B makes "Textil" an offer on 2025-06-02 10:00
      And "Textil" orders by telephone on 2025-06-02 11:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the order of "Textil" is refused
      And rule DNB-4.1 is cited

    Example: A call before the confirmation is no order
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" orders by telephone on 2025-06-02 10:00
      And "Textil" confirms the offer on 2025-06-02 11:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the order of "Textil" is refused

    Example: Called again after it, it is one
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" orders by telephone on 2025-06-02 10:00
      And "Textil" confirms the offer on 2025-06-02 11:00
      And "Textil" orders by telephone on 2025-06-02 12:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the contract of "Textil" is concluded

    Example: When a step was taken counts, not when it became known
      Given "Textil" orders by telephone on 2025-06-02 11:00
      And D&B makes "Textil" an offer on 2025-06-02 09:00, learned on 2025-06-02 12:00
      And "Textil" confirms the offer on 2025-06-02 10:00, learned on 2025-06-02 13:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the contract of "Textil" is concluded

    Example: Of one day only the day is known, and its steps stand in their order
      Given "Textil" orders by telephone on 2025-06-02
      And "Textil" confirms the offer on 2025-06-02
      And D&B makes "Textil" an offer on 2025-06-02
      When D&B sends "Textil" the order confirmation on 2025-06-02
      Then the contract of "Textil" is concluded

    Example: Nobody telephoned
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      And "Textil" confirms the offer on 2025-06-02 10:00
      When D&B sends "Textil" the order confirmation on 2025-06-03 09:00
      Then the order of "Textil" is refused

  @DNB-4.2
  Rule: Any other consensus makes a contract as well

    Example: Consensus is reached and on record
      When "Textil" and D&B reach consensus on 2025-06-02 15:00
      Then the register shows "Textil" as valid since 2025-06-02 15:00
      And rule DNB-4.2 is cited

    Example: An offer alone is no consensus
      When D&B makes "Textil" an offer on 2025-06-02 09:00
      Then "Textil" has no certificate

    Example: The same order cannot be concluded twice
      Given "Textil" orders a certificate on 2025-06-02
      When "Textil" and D&B reach consensus on 2025-06-10
      Then the step against "Textil" achieves nothing
      And the certificate of "Textil" runs from 2025-06-02 to 2026-06-02

  @DNB-4.3
  Rule: A contract lasts twelve months, whatever year its certificate is called by

    Example: From the day of conclusion to the same day of the next year
      When "Textil" orders a certificate on 2025-06-02
      Then the certificate of "Textil" runs from 2025-06-02 to 2026-06-02
      And the register shows "Textil" with the certification year 2025

    Example: It is valid to the last minute of the last day
      Given "Textil" orders a certificate on 2025-06-02
      When it is 2026-06-02 23:59
      Then the register shows "Textil" as valid
      And the certificate of "Textil" runs from 2025-06-02 to 2026-06-02

    Example: At midnight the term is over
      Given "Textil" orders a certificate on 2025-06-02
      When it is 2026-06-03 00:00
      Then the renewal of "Textil" is held

  @DNB-6.1
  Rule: With the order the holder acquires the right to use the mark

    Example: Before the contract there is no right
      Given D&B makes "Textil" an offer on 2025-06-02 09:00
      When "Textil" confirms the offer on 2025-06-02 10:00
      Then "Textil" may not use the mark

    Example: With the contract there is
      When "Textil" and D&B reach consensus on 2025-06-02 15:00
      Then "Textil" may use the mark
      And rule DNB-6.1 is cited

    Example: A refused order gives none
      Given the account of "Textil" is blocked on 2025-06-01
      When "Textil" orders a certificate on 2025-06-02
      Then the order of "Textil" is refused
      And "Textil" may not use the mark
