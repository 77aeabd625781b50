Feature: The ladder of clause 7
  A suspicion, a warning with 48 hours, a suspension with seven working days, and in the end the loss for good.

  Background:
    Given "Textil" holds an AAA certificate concluded on 2025-06-01

  @DNB-7.0
  Rule: A suspicion with evidence opens a case, and nothing more

    Example: With evidence
      When alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And the register shows "Textil" as valid
      And staff are asked to serve the warning to "Textil"
      And rule DNB-7.0 is cited

    Example: Without evidence there is no case
      When misuse by "Textil" is reported on 2026-03-02 without evidence
      Then the report is rejected

    Example: An outsider adds to it what he saw two days before
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      When an outsider shows on 2026-03-05 what "Textil" did on 2026-03-03, in case "M-1"
      Then the file of "Textil" in case "M-1" holds 2 documents
      And the last of them was seen on 2026-03-03, and reported by an outsider
      And the case of "Textil" is still the only one

    Example: More evidence is kept after the case is closed
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And staff see on 2026-03-04 that "Textil" has stopped
      When an outsider shows on 2026-03-05 what "Textil" did on 2026-03-03, in case "M-1"
      Then the file of "Textil" in case "M-1" holds 2 documents
      And the file of "Textil" shows case "M-1" as ceased by rule DNB-7.2

    Example: More evidence in a case that nobody reported
      When an outsider shows on 2026-03-05 what "Textil" did on 2026-03-03, in case "M-1"
      Then the step against "Textil" achieves nothing
      And rule DNB-7.0 is cited

    Example: A report under the name of an open case adds to it
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      When alteration by "Textil" is reported on 2026-03-03 as case "M-1"
      Then nothing new has been decided

    Example: Under the name of a closed case it would be lost
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And staff see on 2026-03-03 that "Textil" has stopped
      When alteration by "Textil" is reported on 2026-03-20 as case "M-1"
      Then the step against "Textil" achieves nothing
      And rule DNB-7.0 is cited

    Example: A suspicion that was unfounded is dismissed
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And "Textil" receives the warning on 2026-03-02 10:00
      And staff dismiss the case of "Textil" on 2026-03-04 09:59
      When it is 2026-03-20
      Then the register shows "Textil" as valid
      And nobody is asked to serve the warning to "Textil"

    Example: A minute later the mark was suspended already, and comes back from the dismissal on
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And "Textil" receives the warning on 2026-03-02 10:00
      And it is 2026-03-04 10:01
      When staff dismiss the case of "Textil" on 2026-03-04 10:01
      Then the case of "Textil" is closed
      And the licence of "Textil" is restored
      And the register shows "Textil" as valid since 2026-03-04 10:01
      And for 2026-03-04 10:00 the register shows "Textil" as suspended
      And nobody is asked to serve the second demand to "Textil"
      And rule DNB-7.0 is cited

    Example: What is withdrawn for good is not dismissed
      Given "Textil" lost its licence for good on 2026-03-20
      When staff dismiss the case of "Textil" on 2026-03-25
      Then the step against "Textil" achieves nothing
      And the register shows "Textil" as revoked

  @DNB-7.1 @GEN-4
  Rule: The warning leaves 48 hours, which run by night, at weekends and over a change of clocks

    Background:
      Given alteration by "Textil" is reported on 2026-03-27 as case "M-1"

    Example: Over the weekend on which summer time begins
      When "Textil" receives the warning on 2026-03-28 10:00
      Then the misuse by "Textil" has to stop by 2026-03-30 11:00
      And its reckoning cites rule GEN-4

    Example: Once it is sent, nobody is asked to serve it any more
      When the warning is sent to "Textil" on 2026-03-27 15:00
      Then nobody is asked to serve the warning to "Textil"

    Example: On ordinary days
      When "Textil" receives the warning on 2026-04-07 10:00
      Then the misuse by "Textil" has to stop by 2026-04-09 10:00

  @DNB-7.2
  Rule: Who stops within the 48 hours is not sanctioned

    Background:
      Given alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00

    Example: Seen to have stopped a minute before
      Given staff see on 2026-04-09 09:59 that "Textil" has stopped
      When it is 2026-05-01
      Then the register shows "Textil" as valid

    Example: Declared a minute before, and seen later: it counts from the declaration
      Given "Textil" declares on 2026-04-09 09:59 that it has stopped
      When staff see on 2026-04-14 12:00 that "Textil" has stopped
      Then the case of "Textil" is closed
      And the misuse of "Textil" is held to have stopped on 2026-04-09 09:59
      And the register shows "Textil" as valid
      And rule DNB-7.2 is cited

    Example: Declared, and found untrue: suspended from the finding
      Given "Textil" declares on 2026-04-09 09:59 that it has stopped
      When staff see on 2026-04-14 12:00 that "Textil" goes on
      Then the register shows "Textil" as suspended since 2026-04-14 12:00

    Example: Declared a minute too late
      When "Textil" declares on 2026-04-09 10:01 that it has stopped
      Then the register shows "Textil" as suspended since 2026-04-09 10:00

  @DNB-7.3
  Rule: A holder who has not stopped within 48 hours loses the mark for a time

    Background:
      Given alteration by "Textil" is reported on 2026-03-27 as case "M-1"
      And "Textil" receives the warning on 2026-03-28 10:00

    Example: One minute before the 48 hours are over
      When it is 2026-03-30 10:59
      Then the register shows "Textil" as valid

    Example: The 48 hours are over, and nobody has to ask
      When it is 2026-03-30 11:00
      Then the register shows "Textil" as suspended
      And "Textil" may not use the mark
      And staff are asked to serve the second demand to "Textil"
      And rule DNB-7.3 is cited

    Example: The second demand leaves seven working days
      Given it is 2026-04-07
      When "Textil" receives the second demand on 2026-04-07 12:00
      Then the misuse by "Textil" has to stop until the end of 2026-04-20
      And its reckoning leaves out 2026-04-10
      And its reckoning leaves out 2026-04-13

  @DNB-7.4
  Rule: Who stops within the seven working days gets the mark back

    Background:
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And "Metal" holds an AAA certificate concluded on 2025-06-01

    Example: In the last minute
      When staff see on 2026-04-20 23:59 that "Textil" has stopped
      Then the licence of "Textil" is restored
      And the register shows "Textil" as valid
      And rule DNB-7.4 is cited

    Example: Declared before a person suspended, and seen after the seven days: it counts from the declaration
      Given alteration by "Metal" is reported on 2026-04-06 as case "M-1"
      And "Metal" receives the warning on 2026-04-07 10:00
      And "Metal" declares on 2026-04-08 10:00 that it has stopped
      And staff suspend "Metal" on 2026-04-09 11:00
      And "Metal" receives the second demand on 2026-04-10 11:00
      When staff see on 2026-04-25 10:00 that "Metal" has stopped
      Then the licence of "Metal" is restored
      And the misuse of "Metal" is held to have stopped on 2026-04-08 10:00
      And the register shows "Metal" as valid since 2026-04-25 10:00

    Example: Found untrue, such a declaration holds nothing any more
      Given alteration by "Metal" is reported on 2026-04-06 as case "M-1"
      And "Metal" receives the warning on 2026-04-07 10:00
      And "Metal" declares on 2026-04-08 10:00 that it has stopped
      And staff suspend "Metal" on 2026-04-09 11:00
      And "Metal" receives the second demand on 2026-04-10 11:00
      When staff see on 2026-04-25 10:00 that "Metal" goes on
      Then the register shows "Metal" as suspended
      And staff are asked to propose the withdrawal for good of "Metal"

    Example: A minute later only two people can give it back
      When staff see on 2026-04-21 00:00 that "Textil" has stopped
      Then the register shows "Textil" as suspended
      And staff are asked to decide on a cessation that came late of "Textil"

  @DNB-7.5
  Rule: Who does not stop even then loses the mark for good, by two people

    Background:
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00

    Example: Before the seven working days have passed
      Given it is 2026-04-20 20:00
      When Ana proposes and Bojan approves on 2026-04-20 20:00 to take the licence of "Textil" for good in case "M-1"
      Then the withdrawal for good from "Textil" is refused
      And the register shows "Textil" as suspended

    Example: The days have passed, and it is proposed to a person
      When it is 2026-04-21 00:00
      Then staff are asked to propose the withdrawal for good of "Textil"
      And the register shows "Textil" as suspended

    Example: Two people decide
      Given staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      When Ana proposes and Bojan approves on 2026-04-21 09:00 to take the licence of "Textil" for good in case "M-1"
      Then the licence of "Textil" is withdrawn for good
      And the register shows "Textil" as revoked
      And the public learns clause 7 about "Textil"

    Example: Only if staff have seen that it goes on
      When Ana proposes and Bojan approves on 2026-04-21 09:00 to take the licence of "Textil" for good in case "M-1"
      Then the withdrawal for good from "Textil" is refused
      And the register shows "Textil" as suspended
      And rule DNB-7.0 is cited

    Example: What they saw before the suspension is not enough
      Given "Metal" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Metal" is reported on 2026-04-06 as case "M-1"
      And "Metal" receives the warning on 2026-04-07 10:00
      And staff verify on 2026-04-09 09:59 that "Metal" misuses the mark
      And "Metal" receives the second demand on 2026-04-10 11:00
      When Ana proposes and Bojan approves on 2026-04-25 09:00 to take the licence of "Metal" for good in case "M-1"
      Then the withdrawal for good from "Metal" is refused

    Example: What they saw a minute after it is
      Given "Metal" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Metal" is reported on 2026-04-06 as case "M-1"
      And "Metal" receives the warning on 2026-04-07 10:00
      And staff verify on 2026-04-09 10:01 that "Metal" misuses the mark
      And "Metal" receives the second demand on 2026-04-10 11:00
      When Ana proposes and Bojan approves on 2026-04-25 09:00 to take the licence of "Metal" for good in case "M-1"
      Then the licence of "Metal" is withdrawn for good

    Example: A declaration that they found untrue shows it too
      Given "Textil" declares on 2026-04-16 that it has stopped
      And staff see on 2026-04-22 that "Textil" goes on
      When Ana proposes and Bojan approves on 2026-04-22 09:00 to take the licence of "Textil" for good in case "M-1"
      Then the licence of "Textil" is withdrawn for good

    Example: The same person twice
      Given staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      When Ana proposes and Ana approves on 2026-04-21 09:00 to take the licence of "Textil" for good in case "M-1"
      Then the withdrawal for good from "Textil" is refused
      And the register shows "Textil" as suspended

    Example: What is taken for good is not given back
      Given staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      And Ana proposes and Bojan approves on 2026-04-21 09:00 to take the licence of "Textil" for good in case "M-1"
      And "Textil" asks for its licence back on 2026-05-01
      When Ana and Bojan give "Textil" its licence back on 2026-05-05
      Then the licence of "Textil" is not given back
      And rule DNB-7.5 is cited

  @DNB-7.6
  Rule: A repeated violation may lead straight to the loss for good

    Background:
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And "Textil" receives the warning on 2026-03-02 10:00
      And staff see on 2026-03-03 12:00 that "Textil" has stopped

    Example: Another violation, of whatever kind
      When missing year by "Textil" is reported on 2026-09-01 as case "M-2"
      Then the case of "Textil" counts as a repetition
      And staff are advised that "Textil" repeats it

    Example: A suspicion alone repeats nothing
      Given missing year by "Textil" is reported on 2026-05-04 as case "M-2"
      When Ana proposes and Bojan approves on 2026-05-05 to take the licence of "Textil" for good in case "M-2"
      Then the withdrawal for good from "Textil" is refused
      And the register shows "Textil" as valid
      And rule DNB-7.6 is cited

    Example: Once it is verified, two people may take the licence at once
      Given missing year by "Textil" is reported on 2026-05-04 as case "M-2"
      And staff verify on 2026-05-04 12:00 that "Textil" misuses the mark
      When Ana proposes and Bojan approves on 2026-05-05 to take the licence of "Textil" for good in case "M-2"
      Then the licence of "Textil" is withdrawn for good

    Example: Whoever opens the next case sees how the earlier ones ended
      Given alteration by "Textil" is reported on 2026-04-01 as case "M-2"
      And "Textil" receives the warning on 2026-04-01 10:00
      And it is 2026-04-03 10:00
      And staff see on 2026-04-06 12:00 that "Textil" has stopped
      When missing year by "Textil" is reported on 2026-09-01 as case "M-3"
      Then the file of "Textil" shows case "M-1" as ceased by rule DNB-7.2
      And the file of "Textil" shows case "M-2" as ceased by rule DNB-7.4
      And the file of "Textil" shows case "M-3" as reported by rule DNB-7.6
    Example: A case that was dismissed is no prior one
      Given "Metal" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Metal" is reported on 2026-03-02 as case "M-1"
      And staff dismiss the case of "Metal" on 2026-03-03
      When missing year by "Metal" is reported on 2026-09-01 as case "M-2"
      Then the case of "Metal" counts as a first one

    Example: As long as the first case is open, a second is no repetition
      Given "Metal" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Metal" is reported on 2026-03-02 as case "M-1"
      When missing year by "Metal" is reported on 2026-03-03 as case "M-2"
      Then the case of "Metal" counts as a first one
      And staff are advised that "Metal" does it for the first time

  @DNB-7.9 @DNB-10.2
  Rule: The ladder is for holders; an outsider infringes

    Example: A company that never held a licence
      Given a company "Metal"
      When foreign purpose by "Metal" is reported on 2026-03-02 as case "M-1"
      Then the case of "Metal" is an infringement by an outsider
      And staff are asked to pursue the infringement by "Metal"
      And nobody is asked to serve the warning to "Metal"
      And rule DNB-7.9 is cited
      And rule DNB-10.2 is cited

    Example: No warning starts a clock for it
      Given a company "Metal"
      And foreign purpose by "Metal" is reported on 2026-03-02 as case "M-1"
      When "Metal" receives the warning on 2026-03-03
      Then the step against "Metal" achieves nothing

    Example: It is closed when the infringement is over
      Given a company "Metal"
      And foreign purpose by "Metal" is reported on 2026-03-02 as case "M-1"
      When the infringement by "Metal" is over on 2026-04-01
      Then the case of "Metal" is closed
      And nobody is asked to pursue the infringement by "Metal"
      And rule DNB-10.2 is cited

    Example: Or when there was none
      Given a company "Metal"
      And foreign purpose by "Metal" is reported on 2026-03-02 as case "M-1"
      When staff dismiss the case of "Metal" on 2026-03-05
      Then the case of "Metal" is closed

    Example: What a holder does is no infringement that could end so
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      When the infringement by "Textil" is over on 2026-04-01
      Then the step against "Textil" achieves nothing

    Example: Who held one once is still treated as a holder
      Given "Textil" receives the renewal notice on 2026-03-15
      And "Textil" cancels by e-mail on 2026-04-20
      When missing year by "Textil" is reported on 2026-07-01 as case "M-1"
      Then the case of "Textil" is opened under the ladder

  @DNB-7.10
  Rule: Nobody skips the 48 hours, but for a repetition

    Background:
      Given alteration by "Textil" is reported on 2026-04-06 as case "M-1"

    Example: Suspended without any warning
      When staff suspend "Textil" on 2026-04-07 10:00
      Then the step against "Textil" achieves nothing
      And the register shows "Textil" as valid
      And rule DNB-7.10 is cited

    Example: Suspended a minute too early
      Given "Textil" receives the warning on 2026-04-07 10:00
      When staff suspend "Textil" on 2026-04-09 09:59
      Then the register shows "Textil" as valid

    Example: Taken for good without a suspension
      Given "Textil" receives the warning on 2026-04-07 10:00
      When Ana proposes and Bojan approves on 2026-04-08 09:00 to take the licence of "Textil" for good in case "M-1"
      Then the withdrawal for good from "Textil" is refused
      And rule DNB-7.10 is cited

  @GEN-8
  Rule: What the terms leave to discretion is a task for people, with one exception

    Example: The suspension after 48 hours is the exception
      Given alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      When it is 2026-04-09 10:00
      Then the register shows "Textil" as suspended

    Example: The loss for good is a task, however long nobody acts
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      When it is 2026-05-20
      Then the register shows "Textil" as suspended
      And nothing withdraws the licence of "Textil" for good
      And staff are asked to propose the withdrawal for good of "Textil"

    Example: What needs two people is refused to one, and the attempt is kept
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      And it is 2026-04-22 09:00
      When Ana wants to approve her own proposal against "Textil"
      Then the wish is refused by rule DNB-7.5, and the attempt of Ana is kept
      And the register shows "Textil" as suspended
