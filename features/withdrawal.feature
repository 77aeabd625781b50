Feature: Withdrawal from the contract
  A holder may leave a running contract for a correction that is overdue, by statute, or before a change of the terms.

  @DNB-9.3
  Rule: While a correction is overdue the holder may withdraw, and the contract ends on receipt

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" points out a defect on 2025-10-01
      And it is established on 2025-10-02 that the error of "Textil" is D&B's
      And "Textil" and D&B agree on 2025-10-03 on a correction by 2025-10-20

    Example: One minute before it is overdue
      When "Textil" withdraws on 2025-10-20 23:59 for want of the correction
      Then the withdrawal of "Textil" is refused
      And the register shows "Textil" as valid

    Example: When it is overdue
      When "Textil" withdraws on 2025-10-21 00:00 for want of the correction
      Then the withdrawal of "Textil" is accepted
      And the register shows "Textil" as expired since 2025-10-21
      And the public learns clause 9 about "Textil"
      And staff are asked to decide on a refund to "Textil"
      And rule DNB-9.3 is cited

    Example: Once the correction is issued, though late
      Given D&B issues "Textil" a corrected certificate on 2025-10-25
      When "Textil" withdraws on 2025-10-26 for want of the correction
      Then the withdrawal of "Textil" is refused

    Example: Received before a renewal and learned after it, the renewal is undone
      Given "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-05
      When "Textil" withdraws on 2026-06-29 for want of the correction, learned on 2026-07-06
      Then the register shows "Textil" as expired since 2026-06-29
      And the renewal of "Textil" is undone

    Example: A correction in time that is learned late takes nothing back, and people are asked to look at it
      Given "Textil" withdraws on 2025-10-22 for want of the correction
      When D&B issues "Textil" a corrected certificate on 2025-10-20, learned on 2025-11-01
      Then the register shows "Textil" as expired since 2025-10-22
      And staff are asked to review the contract of "Textil"

  @DNB-9.4
  Rule: Where a statute allows it, the holder withdraws without any period

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30

    Example: The law is named
      When "Textil" withdraws on 2025-10-02 09:00 by "Law of obligations, article 262"
      Then the register shows "Textil" as expired since 2025-10-02 09:00
      And staff are asked to decide on a refund to "Textil"
      And rule DNB-9.4 is cited

    Example: No law is named
      When "Textil" withdraws on 2025-10-02 by a law that it does not name
      Then the withdrawal of "Textil" is refused
      And the register shows "Textil" as valid

    Example: There is nothing left to withdraw from
      Given "Textil" withdraws on 2025-10-02 by "Law of obligations, article 262"
      When "Textil" withdraws on 2025-10-03 by "Law of obligations, article 262"
      Then the withdrawal of "Textil" is refused

  @DNB-14.3
  Rule: Who was told of a material change leaves as it takes effect

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And D&B announces on 2026-02-01 the terms "DNB-RS/2" from 2026-03-31 on, a material change
      And "Textil" receives the notice of the terms "DNB-RS/2" on 2026-02-20

    Example: Declared ahead, the contract runs until then
      Given "Textil" withdraws on 2026-03-10 because of the terms "DNB-RS/2"
      When it is 2026-03-30 23:59
      Then the register shows "Textil" as valid

    Example: And ends as the change begins
      Given "Textil" withdraws on 2026-03-10 because of the terms "DNB-RS/2"
      When it is 2026-03-31 00:00
      Then the register shows "Textil" as expired since 2026-03-31
      And the public learns clause 14 about "Textil"
      And rule DNB-14.3 is cited

    Example: Declared in the last minute of the day of the change
      When "Textil" withdraws on 2026-03-31 23:59 because of the terms "DNB-RS/2"
      Then the register shows "Textil" as expired since 2026-03-31

    Example: Declared a minute later
      When "Textil" withdraws on 2026-04-01 00:00 because of the terms "DNB-RS/2"
      Then the withdrawal of "Textil" is refused
      And the register shows "Textil" as valid

    Example: Terms that nobody announced
      When "Textil" withdraws on 2026-03-10 because of the terms "DNB-RS/9"
      Then the withdrawal of "Textil" is refused
      And the register shows "Textil" as valid
