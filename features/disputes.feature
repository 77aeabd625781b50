Feature: Errors, questions and disputes
  A holder who sees an error says so; it is corrected in a period, settled, or brought before the court.

  Background:
    Given "Textil" holds an AAA certificate concluded on 2025-06-01

  @DNB-9.1
  Rule: A holder who sees an error points it out, or asks

    Example: A defect is pointed out, and somebody has to look at it
      When "Textil" points out a defect on 2025-10-01
      Then a dispute with "Textil" is open
      And staff are asked to look at the defect of "Textil"
      And the register shows "Textil" as valid

    Example: A question waits for its answer
      When "Textil" asks for a clarification on 2025-10-01
      Then a dispute with "Textil" is open
      And staff are asked to answer the question of "Textil"

    Example: The answer closes it
      Given "Textil" asks for a clarification on 2025-10-01
      When D&B answers "Textil" on 2025-10-03
      Then the dispute with "Textil" is over
      And nobody is asked to answer the question of "Textil"
      And rule DNB-9.1 is cited

    Example: Who has no certificate has none with defects
      When "Somebody" points out a defect on 2025-10-01
      Then the step against "Somebody" achieves nothing

  @DNB-9.2
  Rule: For an error of D&B's own, both sides agree on a reasonable period

    Background:
      Given "Textil" points out a defect on 2025-10-01

    Example: The error is D&B's
      When it is established on 2025-10-06 that the error of "Textil" is D&B's
      Then staff are asked to agree on a period for the correction of "Textil"

    Example: The error is not D&B's
      When it is established on 2025-10-06 that the error of "Textil" is not D&B's
      Then the dispute with "Textil" is over
      And rule DNB-9.2 is cited

    Example: D&B concedes it later
      Given it is established on 2025-10-06 that the error of "Textil" is not D&B's
      When it is established on 2025-10-13 that the error of "Textil" is D&B's
      Then staff are asked to agree on a period for the correction of "Textil"

    Example: An agreed period lasts until the end of its day
      Given it is established on 2025-10-06 that the error of "Textil" is D&B's
      When "Textil" and D&B agree on 2025-10-07 on a correction by 2025-10-19
      Then the correction for "Textil" is due until the end of 2025-10-19

    Example: A period that has passed is none
      Given it is established on 2025-10-06 that the error of "Textil" is D&B's
      When "Textil" and D&B agree on 2025-10-07 on a correction by 2025-10-06
      Then the step against "Textil" achieves nothing

    Example: Another period takes the place of one that is set where both say so in writing
      Given it is established on 2025-10-06 that the error of "Textil" is D&B's
      And "Textil" and D&B agree on 2025-10-07 on a correction by 2025-10-19
      When "Textil" and D&B agree in writing on 2025-10-20 on a correction by 2025-11-05
      Then the correction for "Textil" is due until the end of 2025-11-05

    Example: D&B's word alone does not move it
      Given it is established on 2025-10-06 that the error of "Textil" is D&B's
      And "Textil" and D&B agree on 2025-10-07 on a correction by 2025-10-19
      When "Textil" and D&B agree on 2025-10-20 on a correction by 2025-11-05
      Then the step against "Textil" achieves nothing
      And rule DNB-9.2 is cited

  @DNB-9.2 @GEN-2
  Rule: Without an agreement fifteen days are proposed, and run

    Background:
      Given "Textil" points out a defect on 2025-10-01
      And it is established on 2025-10-02 that the error of "Textil" is D&B's

    Example: They end on a working day
      When "Textil" and D&B do not agree on a period on 2025-10-06
      Then the correction for "Textil" is due until the end of 2025-10-21

    Example: They end on a Saturday, and so on the Monday
      When "Textil" and D&B do not agree on a period on 2025-10-03
      Then the correction for "Textil" is due until the end of 2025-10-20

  @DNB-9.3
  Rule: A correction that is not issued in the period is overdue

    Background:
      Given "Textil" points out a defect on 2025-10-01
      And it is established on 2025-10-02 that the error of "Textil" is D&B's
      And "Textil" and D&B agree on 2025-10-03 on a correction by 2025-10-20

    Example: In the last minute it is in time
      Given D&B issues "Textil" a corrected certificate on 2025-10-20 23:59
      When it is 2025-11-01
      Then D&B has not failed in its duty to "Textil"

    Example: A minute later it is overdue
      When D&B issues "Textil" a corrected certificate on 2025-10-21 00:00
      Then D&B has failed in its duty to "Textil"
      And the correction for "Textil" is overdue
      And the certificate of "Textil" is corrected
      And rule DNB-9.3 is cited

    Example: A new period takes the place of one that has passed
      Given it is 2025-10-25
      When "Textil" and D&B agree in writing on 2025-10-25 on a correction by 2025-11-05
      Then the correction for "Textil" is due until the end of 2025-11-05

  @DNB-9.5
  Rule: A correction is a new revision under the same number, for the same period

    Background:
      Given "Textil" points out a defect on 2025-10-01

    Example: The first correction
      When D&B issues "Textil" a corrected certificate on 2025-10-10
      Then the corrected certificate of "Textil" is revision 1
      And the certificate of "Textil" runs from 2025-06-01 to 2026-06-01
      And the dispute with "Textil" is over
      And rule DNB-9.5 is cited

    Example: The second one
      Given D&B issues "Textil" a corrected certificate on 2025-10-10
      And "Textil" points out another defect on 2025-10-15
      When D&B issues "Textil" another corrected certificate on 2025-10-20
      Then the corrected certificate of "Textil" is revision 2

    Example: Nothing is left to correct
      Given D&B issues "Textil" a corrected certificate on 2025-10-10
      When D&B issues "Textil" a corrected certificate on 2025-10-11
      Then the step against "Textil" achieves nothing

  @DNB-6.14 @GEN-10
  Rule: An objection to a loss stays nothing, and two people decide on it

    Background:
      Given the account of "Textil" is blocked on 2025-10-01
      And "Textil" objects on 2025-10-03 that the blockade is another company's

    Example: While it is open the loss stands
      When it is 2025-10-04
      Then the register shows "Textil" as revoked
      And staff are asked to decide on the objection of "Textil"

    Example: Upheld, the fact has to be retracted, and the loss never was
      Given Ana and Bojan uphold the objection of "Textil" on 2025-10-08
      When the blockade of "Textil" turns out wrong on 2025-10-09
      Then for 2025-10-02 the register shows "Textil" as valid
      And nobody is asked to retract the fact behind the loss of "Textil"

    Example: Upheld and not yet retracted
      When Ana and Bojan uphold the objection of "Textil" on 2025-10-08
      Then the register shows "Textil" as revoked
      And staff are asked to retract the fact behind the loss of "Textil"

    Example: Forgiven, the licence comes back only by its own signatures
      When Ana and Bojan forgive the loss that was objected to by "Textil" on 2025-10-08
      Then the register shows "Textil" as revoked
      And staff are asked to reinstate the licence of "Textil"

    Example: Rejected
      When Ana and Bojan reject the objection of "Textil" on 2025-10-08
      Then the dispute with "Textil" is over
      And the register shows "Textil" as revoked

    Example: One person alone does not decide
      When Ana and Ana reject the objection of "Textil" on 2025-10-08
      Then the step against "Textil" achieves nothing
      And staff are asked to decide on the objection of "Textil"

  @DNB-13.2
  Rule: Disputes are settled amicably, and only where that fails before the court in Belgrade

    Example: The court before any attempt
      Given "Textil" points out a defect on 2025-10-01
      When the dispute with "Textil" is brought before the court in Belgrade on 2025-10-10
      Then the way to court against "Textil" is refused
      And rule DNB-13.2 is cited

    Example: The court after an attempt
      Given "Textil" points out a defect on 2025-10-01
      And D&B tries on 2025-10-10 to settle amicably with "Textil"
      When the dispute with "Textil" is brought before the court in Belgrade on 2025-10-11
      Then the court has the dispute with "Textil"

    Example: Thirty days after an attempt, one minute before staff are reminded of the court
      Given "Textil" points out a defect on 2025-10-01
      And D&B tries on 2025-10-10 to settle amicably with "Textil"
      When it is 2025-11-10 23:59
      Then an amicable settlement with "Textil" is awaited until the end of 2025-11-10
      And nobody is asked to think of the court in the dispute of "Textil"

    Example: And a minute later
      Given "Textil" points out a defect on 2025-10-01
      And D&B tries on 2025-10-10 to settle amicably with "Textil"
      When it is 2025-11-11 00:00
      Then staff are asked to think of the court in the dispute of "Textil"

    Example: Settled in time
      Given "Textil" points out a defect on 2025-10-01
      And D&B tries on 2025-10-10 to settle amicably with "Textil"
      And "Textil" and D&B settle amicably on 2025-10-20
      When it is 2025-12-01
      Then the dispute with "Textil" is over
      And nobody is asked to think of the court in the dispute of "Textil"

    Example: What is settled is not brought before a court
      Given "Textil" points out a defect on 2025-10-01
      And "Textil" and D&B settle amicably on 2025-10-20
      When the dispute with "Textil" is brought before the court in Belgrade on 2025-10-21
      Then the way to court against "Textil" is refused

  @DNB-13.2
  Rule: The court's final decision ends the dispute, and until then it can be settled

    Background:
      Given the account of "Textil" is blocked on 2025-10-01
      And "Textil" objects on 2025-10-03 that the blockade is another company's
      And Ana and Bojan reject the objection of "Textil" on 2025-10-08
      And D&B tries on 2025-10-10 to settle amicably with "Textil"

    Example: For the holder, the fact behind the loss has to be retracted
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      When the court decides on 2026-02-02 for "Textil"
      Then the dispute with "Textil" is over
      And the way to court with "Textil" is over
      And staff are asked to retract the fact behind the loss of "Textil"
      And the register shows "Textil" as revoked
      And rule DNB-13.2 is cited

    Example: And when it is, the loss never was
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      And the court decides on 2026-02-02 for "Textil"
      When the blockade of "Textil" turns out wrong on 2026-02-03
      Then for 2025-10-02 the register shows "Textil" as valid
      And nobody is asked to retract the fact behind the loss of "Textil"

    Example: In part, the licence has to be given back
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      When the court decides on 2026-02-02 in part for "Textil"
      Then the dispute with "Textil" is over
      And staff are asked to reinstate the licence of "Textil"

    Example: For D&B, everything stays as it is
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      When the court decides on 2026-02-02 against "Textil"
      Then the dispute with "Textil" is over
      And the way to court with "Textil" is over
      And nobody is asked to retract the fact behind the loss of "Textil"
      And nobody is asked to reinstate the licence of "Textil"

    Example: No court decides what none has
      When the court decides on 2026-02-02 for "Textil"
      Then the step against "Textil" achieves nothing
      And nobody is asked to retract the fact behind the loss of "Textil"

    Example: Settled before the court has decided
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      And "Textil" and D&B settle amicably on 2026-02-01
      When the court decides on 2026-02-02 for "Textil"
      Then the way to court with "Textil" is over
      And the step against "Textil" achieves nothing
      And nobody is asked to retract the fact behind the loss of "Textil"

    Example: What a court has decided is not settled any more
      Given the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20
      And the court decides on 2026-02-02 against "Textil"
      When "Textil" and D&B settle amicably on 2026-02-03
      Then the step against "Textil" achieves nothing

  @DNB-13.2 @DNB-9.1
  Rule: What else the holder wins in court is for people to carry out

    Background:
      Given "Textil" points out a defect on 2025-10-01
      And D&B tries on 2025-10-10 to settle amicably with "Textil"
      And the dispute with "Textil" is brought before the court in Belgrade on 2025-10-20

    Example: For the holder
      When the court decides on 2026-02-02 for "Textil"
      Then the dispute with "Textil" is over
      And staff are asked to carry out the court's decision of "Textil"
      And nobody is asked to look at the defect of "Textil"

    Example: For D&B
      When the court decides on 2026-02-02 against "Textil"
      Then the dispute with "Textil" is over
      And nobody is asked to carry out the court's decision of "Textil"
