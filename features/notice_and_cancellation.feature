Feature: Notice of the renewal, and its cancellation
  D&B tells the holder in time what is coming; the holder says in time if he does not want it.

  Background:
    Given "Textil" holds an AA certificate concluded on 2025-06-30

  @DNB-4.6
  Rule: The holder can cancel until the thirtieth day before the end

    Example: On the last day, a minute before it is over
      Given "Textil" receives the renewal notice on 2026-04-15
      When "Textil" cancels by e-mail on 2026-05-31 23:59
      Then the cancellation of "Textil" is accepted
      And rule DNB-4.6 is cited

    Example: A minute later
      Given "Textil" receives the renewal notice on 2026-04-15
      When "Textil" cancels by e-mail on 2026-06-01 00:00
      Then the cancellation of "Textil" is refused
      And rule DNB-4.6 is cited

    Example: A cancelled contract runs to its end
      Given "Textil" receives the renewal notice on 2026-04-15
      And "Textil" cancels by e-mail on 2026-05-20
      When it is 2026-06-30 23:59
      Then the register shows "Textil" as valid

    Example: And ends there
      Given "Textil" receives the renewal notice on 2026-04-15
      And "Textil" cancels by e-mail on 2026-05-20
      When it is 2026-07-01 00:00
      Then the register shows "Textil" as cancelled at expiry
      And the public learns clause 4 about "Textil"

  @DNB-4.7
  Rule: The form of a cancellation is an e-mail of somebody who acts for the holder

    Scenario Outline: By another way than e-mail
      When "Textil" cancels by <way> on 2026-05-20
      Then the cancellation of "Textil" lacks the agreed form
      And staff are asked to invite a cancellation in the agreed form by "Textil"
      And rule DNB-4.7 is cited

      Examples:
        | way       |
        | letter    |
        | telephone |

    Example: By a colleague of the representative
      When "Textil" cancels on 2026-05-20 by an e-mail from "legal@textil.rs"
      Then the cancellation of "Textil" is accepted

    Example: By somebody whom nobody knows
      When "Textil" cancels on 2026-05-20 by an e-mail from "textil@gmail.com"
      Then the cancellation of "Textil" lacks the agreed form

    Example: By a message in which somebody whom nobody knows names the certificate
      Given a message from "textil@gmail.com" that names the certificate of "Textil" is taken in on 2026-05-20 12:00
      When staff record the message as a cancellation by "Textil"
      Then the cancellation of "Textil" lacks the agreed form

    Example: By somebody whose signature proves the company
      When "Textil" cancels on 2026-05-20 by a signed e-mail from "textil@gmail.com"
      Then the cancellation of "Textil" is accepted

    Example: A wrong form is mended in time
      Given "Textil" cancels by e-mail on 2026-05-20
      When it is 2026-07-01
      Then the register shows "Textil" as cancelled at expiry

  @DNB-4.11
  Rule: The holder is told of the renewal at least sixty days before the end

    Example: On the last day
      When "Textil" receives the renewal notice on 2026-05-01 23:59
      Then the notice to "Textil" is in order
      And D&B has not failed in its duty to "Textil"

    Example: A day later D&B has failed, whether or not anybody noticed
      When it is 2026-05-02 00:00
      Then D&B has failed in its duty to "Textil"
      And rule DNB-4.11 is cited

    Scenario Outline: A notice that leaves something out is none
      When "Textil" receives a renewal notice without the <part> on 2026-04-15
      Then the notice to "Textil" is incomplete
      And the renewal notice to "Textil" is due by 2026-05-01

      Examples:
        | part    |
        | expiry  |
        | class   |
        | edition |

  @DNB-4.12
  Rule: Only data that is not collected yet excuses a late notice, which then follows as soon as possible

    Example: On the sixtieth day the data was still being collected
      Given collection of the 2025 data opens on 2026-02-01
      When it is 2026-05-02 00:00
      Then the delay of the notice to "Textil" is excused
      And D&B has not failed in its duty to "Textil"

    Example: Once collected, the notice is owed within two working days
      Given collection of the 2025 data opens on 2026-02-01
      When collection of the 2025 data closes on 2026-05-15 10:00
      Then D&B owes "Textil" a late notice by 2026-05-19

    Example: On the second working day staff are not reminded yet
      Given collection of the 2025 data opens on 2026-02-01
      And collection of the 2025 data closes on 2026-05-15 10:00
      When it is 2026-05-19 23:59
      Then nobody is asked to send the late renewal notice to "Textil"
      And D&B owes "Textil" a late notice by 2026-05-19

    Example: With the third day they are, for nobody has sent it
      Given collection of the 2025 data opens on 2026-02-01
      And collection of the 2025 data closes on 2026-05-15 10:00
      When it is 2026-05-20 00:00
      Then staff are asked to send the late renewal notice to "Textil"
      And rule DNB-4.12 is cited
      And D&B has not failed in its duty to "Textil"

    Example: Once it is received nobody is asked for it any more
      Given collection of the 2025 data opens on 2026-02-01
      And collection of the 2025 data closes on 2026-05-15 10:00
      And it is 2026-05-21
      When "Textil" receives a late renewal notice on 2026-05-22, for want of data
      Then nobody is asked to send the late renewal notice to "Textil"

    Example: A late notice that names another reason is a breach
      Given collection of the 2025 data opens on 2026-02-01
      When "Textil" receives a late renewal notice on 2026-05-16, for another reason
      Then D&B has failed in its duty to "Textil"
      And the notice to "Textil" is late

    Example: A late notice that names the data is not
      Given collection of the 2025 data opens on 2026-02-01
      When "Textil" receives a late renewal notice on 2026-05-16, for want of data
      Then D&B has not failed in its duty to "Textil"
      And the notice to "Textil" is late

  @DNB-4.13
  Rule: After a late notice the holder has fifteen days

    Background:
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      And "Textil" receives the renewal notice on 2026-06-10

    Example: On the fifteenth day
      When "Textil" cancels by e-mail on 2026-06-25 23:59
      Then the cancellation of "Textil" is accepted
      And rule DNB-4.13 is cited

    Example: On the sixteenth
      When "Textil" cancels by e-mail on 2026-06-26 00:00
      Then the cancellation of "Textil" is refused

  @DNB-4.13
  Rule: The holder has the later of the two days, and days that never began have not passed

    Example: Fifteen days that end before the thirtieth day shorten nothing
      Given "Textil" receives the renewal notice on 2026-05-05
      When "Textil" cancels by e-mail on 2026-05-31 23:59
      Then the cancellation of "Textil" is accepted

    Example: Without any notice he may cancel until the very end
      When "Textil" cancels by e-mail on 2026-06-30 23:59
      Then the cancellation of "Textil" is accepted
      And rule DNB-4.13 is cited

  @DNB-4.13 @DNB-4.5
  Rule: Where the fifteen days outlast the term, the renewal is provisional

    Background:
      Given "Textil" is assessed AA for 2025 on 2026-05-15
      And "Textil" receives the renewal notice on 2026-06-24

    Example: The term has ended, the days have not
      When it is 2026-07-01 00:00
      Then the contract of "Textil" is renewed provisionally
      And the register shows "Textil" as valid

    Example: Cancelled within the days, the renewal is undone from its start
      Given it is 2026-07-05
      When "Textil" cancels by e-mail on 2026-07-09 23:59
      Then the renewal of "Textil" is undone
      And for 2026-07-01 the register shows "Textil" as cancelled at expiry

    Example: The days pass in silence
      When it is 2026-07-10 00:00
      Then the renewal of "Textil" becomes final
      And the certificate of "Textil" runs from 2026-07-01 to 2027-06-30

  @DNB-4.14
  Rule: Without a notice no renewal is final

    Background:
      Given "Textil" is assessed AA for 2025 on 2026-05-15

    Example: The term ends and nobody has told the holder anything
      When it is 2026-07-01 00:00
      Then the renewal of "Textil" is held
      And the register shows "Textil" as valid
      And rule DNB-4.14 is cited

    Example: A notice after the end, and fifteen days of silence
      Given "Textil" receives the renewal notice on 2026-07-10
      When it is 2026-07-28 00:00
      Then the contract of "Textil" is renewed
      And the certificate of "Textil" runs from 2026-07-01 to 2027-06-30

    Example: Within these days the holder leaves, as of the end of the term
      Given "Textil" receives the renewal notice on 2026-07-10
      When "Textil" cancels by e-mail on 2026-07-20
      Then the cancellation of "Textil" is accepted
      And for 2026-07-01 the register shows "Textil" as cancelled at expiry

  @DNB-4.15
  Rule: One mailbox is the legal one

    Example: An e-mail to it counts, however its name is written
      When "Textil" cancels on 2026-05-20 by an e-mail to "AAA.RS@dnb.com"
      Then the cancellation of "Textil" is accepted

    Example: An e-mail to another mailbox does not
      When "Textil" cancels on 2026-05-20 by an e-mail to "sales@dnb.com"
      Then the cancellation of "Textil" lacks the agreed form

    Example: A message about an order that does not exist is on record, and refused
      When "Textil" cancels an order that it never made on 2026-05-20
      Then the cancellation of "Textil" is refused

    Example: A message of the representative is to be read on the day on which it came in
      When a message from "ana@textil.rs", stamped on 2026-05-20 23:50, is taken in on 2026-05-22 09:00
      Then staff have to read the message for "Textil" by 2026-05-23
      And rule DNB-4.15 is cited

    Example: No message is taken for a cancellation until a person has read it
      When a message from "ana@textil.rs", stamped on 2026-05-20 12:00, is taken in on 2026-05-20 12:05
      Then "Textil" has not cancelled

    Example: What staff record from the message settles that it is to be read
      Given a message from "ana@textil.rs", stamped on 2026-05-20 12:00, is taken in on 2026-05-20 12:05
      When staff record the message as a cancellation by "Textil"
      Then the cancellation of "Textil" is accepted
      And nobody has to read a message for "Textil"

    Example: A message that leads to no contract waits for a person until the end of its day
      When a message from "ana@gmail.com", stamped on 2026-05-20 12:00, is taken in on 2026-05-20 23:59
      Then the message waits in the queue until 2026-05-21
      And nobody has to read a message for "Textil"

    Example: A message that names the certificate is read for it, whoever sent it
      When a message from "ana@gmail.com" that names the certificate of "Textil" is taken in on 2026-05-20 12:00
      Then staff have to read the message for "Textil" by 2026-05-21

    Example: That a message was received is owed to its sender
      When a message from "ana@textil.rs", stamped on 2026-05-20 12:00, is taken in on 2026-05-20 12:05
      Then the receipt of the message is to be acknowledged to "Textil"

    Example: Until it is done
      Given a message from "ana@textil.rs", stamped on 2026-05-20 12:00, is taken in on 2026-05-20 12:05
      When the receipt of the message is acknowledged
      Then nothing is to be acknowledged to "Textil"

    Example: A message of a company that nobody knows is not lost
      When an unregistered company cancels by e-mail on 2026-05-20
      Then the message is set aside until somebody knows its company

  @GEN-5
  Rule: Days before an end are counted back, and no day off moves them

    Example: A Sunday stays the last day to cancel
      When it is 2026-05-31 12:00
      Then "Textil" can cancel until 2026-05-31
      And its reckoning cites rule GEN-5

    Example: A public holiday stays the last day to give notice, but staff aim at the working day before
      When it is 2026-04-30 12:00
      Then the renewal notice to "Textil" is due by 2026-05-01
      And the internal target is 2026-04-30

  @GEN-7
  Rule: The holder's e-mail counts when it is sent, D&B's letters when they are received

    Example: Sent in the last minute, read three days later
      Given "Textil" receives the renewal notice on 2026-04-15
      When "Textil" cancels by e-mail on 2026-05-31 23:59, learned on 2026-06-03 09:00
      Then the cancellation of "Textil" is accepted
      And the audit trail has the cancellation of "Textil" from "urn:desk", from 2026-05-31 23:59, learned 2026-06-03 09:00

    Example: The stamp of our own server says when it was sent
      Given "Textil" receives the renewal notice on 2026-04-15
      And a message from "ana@textil.rs", stamped on 2026-05-31 23:59, is taken in on 2026-06-03 09:00
      When staff record the message as a cancellation by "Textil"
      Then the cancellation of "Textil" is accepted

    Example: And not what the sender wrote
      Given "Textil" receives the renewal notice on 2026-04-15
      And a message from "ana@textil.rs", dated on 2026-05-31 and stamped on 2026-06-01 00:00, is taken in on 2026-06-03
      When staff record the message as a cancellation by "Textil"
      Then the cancellation of "Textil" is refused

    Example: A warning by mail is received when the holder's server says that it was delivered
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning goes to "Textil" by mail on 2026-03-02 10:00
      When the mail server of "Textil" reports on 2026-03-02 10:05 that the letter was delivered
      Then the misuse by "Textil" has to stop by 2026-03-04 10:05

    Scenario Outline: And not by any other report
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning goes to "Textil" by mail on 2026-03-02 10:00
      When the mail server of "Textil" reports on 2026-03-02 10:05 that the letter was <action>
      Then the letter to "Textil" still waits for the proof of its delivery

      Examples:
        | action  |
        | delayed |
        | relayed |

    Example: A warning that comes back is to be sent again, and nothing runs
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning goes to "Textil" by mail on 2026-03-02 10:00
      When the mail server of "Textil" reports on 2026-03-02 10:05 that the letter was returned
      Then the letter to "Textil" is to be sent again

    Example: A forged report of a letter changes nothing
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning goes to "Textil" by mail on 2026-03-02 10:00
      When somebody forges on 2026-03-02 10:05 a report that the letter to "Textil" was delivered
      Then the letter to "Textil" still waits for the proof of its delivery

    Example: The 48 hours do not run from a warning that was merely sent
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning is sent to "Textil" on 2026-03-02 10:00
      When it is 2026-03-05
      Then the register shows "Textil" as valid

    Example: They run from its receipt
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And the warning is sent to "Textil" on 2026-03-02 10:00
      And "Textil" receives the warning on 2026-03-04 09:00
      When it is 2026-03-05
      Then the misuse by "Textil" has to stop by 2026-03-06 09:00
