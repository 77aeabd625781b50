Feature: Amendments of the terms
  D&B may amend the terms. What is material binds a holder thirty days after he was told of it, and he may leave.

  Background:
    Given "Textil" holds an AAA certificate concluded on 2025-06-01

  @DNB-14.1
  Rule: A change that isn't material binds everybody on its day

    Background:
      Given D&B announces on 2026-02-01 the terms "DNB-RS/2" from 2026-03-31 on, no material change

    Example: The day before
      When it is 2026-03-30 23:59
      Then what is decided about "Textil" on 2026-03-30 23:59 is under the terms "DNB-RS/1"

    Example: Its day
      When it is 2026-03-31 00:00
      Then the terms "DNB-RS/2" bind "Textil" from 2026-03-31 on
      And what is decided about "Textil" on 2026-03-31 00:00 is under the terms "DNB-RS/2"
      And rule DNB-14.1 is cited

    Example: No notice is owed for it, and nobody may leave
      When it is 2026-03-01
      Then D&B owes "Textil" no notice of the terms "DNB-RS/2"
      And "Textil" has no day to withdraw because of the terms "DNB-RS/2"

    Example: A contract concluded on its day is under it at once
      Given "Metal" attained AAA for 2024
      When "Metal" orders a certificate on 2026-03-31
      Then the stamp on every decision about "Metal" names the terms "DNB-RS/2"

    Example: A contract concluded the day before is not
      Given "Metal" attained AAA for 2024
      When "Metal" orders a certificate on 2026-03-30
      Then what is decided about "Metal" on 2026-03-30 is under the terms "DNB-RS/1"

  @DNB-14.2
  Rule: A material change has to reach the holder thirty days before it binds him

    Background:
      Given D&B announces on 2026-02-01 the terms "DNB-RS/2" from 2026-03-31 on, a material change

    Example: The notice is owed by the thirtieth day before, though it is a Sunday
      When it is 2026-02-02
      Then D&B owes "Textil" the notice of the terms "DNB-RS/2" by 2026-03-01

    Example: Received in the last minute of that day
      Given "Textil" receives the notice of the terms "DNB-RS/2" on 2026-03-01 23:59
      When it is 2026-03-31
      Then the terms "DNB-RS/2" bind "Textil" from 2026-03-31 on
      And rule DNB-14.2 is cited

    Example: Not received by then
      When it is 2026-03-02 00:00
      Then D&B has failed in its duty to "Textil"
      And rule DNB-14.2 is cited

    Example: Received a minute later it binds on the thirtieth day after
      Given "Textil" receives the notice of the terms "DNB-RS/2" on 2026-03-02 00:00
      When it is 2026-04-15
      Then the terms "DNB-RS/2" bind "Textil" from 2026-04-01 on

    Example: Received after the change was to take effect
      Given "Textil" receives the notice of the terms "DNB-RS/2" on 2026-04-20 12:00
      When it is 2026-05-20
      Then the terms "DNB-RS/2" bind "Textil" from 2026-05-20 on

    Example: Received in time, and learned late
      Given it is 2026-04-10
      When "Textil" receives the notice of the terms "DNB-RS/2" on 2026-02-20, learned 2026-04-10
      Then what is decided about "Textil" on 2026-03-31 is under the terms "DNB-RS/2"
      And D&B has not failed in its duty to "Textil"

    Example: Never received
      When it is 2026-05-25
      Then the terms "DNB-RS/2" have not come to bind "Textil"
      And what is decided about "Textil" on 2026-05-25 is under the terms "DNB-RS/1"

    Example: Announced too late for a notice in time
      When D&B announces on 2026-03-10 the terms "DNB-RS/3" from 2026-04-08 on, a material change
      Then D&B has failed in its duty to "Textil"

    Example: One person alone can't say that a change isn't material
      When Ana alone announces on 2026-02-02 the terms "DNB-RS/3" from 2026-04-15 on as no material change
      Then D&B owes "Textil" the notice of the terms "DNB-RS/3" by 2026-03-16
      And staff are asked to decide by two on the terms of "Textil"

    Example: Two people can decide it until the last day for the notice is over
      Given Ana alone announces on 2026-02-02 the terms "DNB-RS/3" from 2026-04-15 on as no material change
      And D&B announces on 2026-03-16 23:59 the terms "DNB-RS/3" from 2026-04-15 on, no material change
      When it is 2026-04-15
      Then the terms "DNB-RS/3" bind "Textil" from 2026-04-15 on
      And D&B owes "Textil" no notice of the terms "DNB-RS/3"
      And nobody is asked to decide by two on the terms of "Textil"

    Example: Once it is over, it is too late for that
      Given Ana alone announces on 2026-02-02 the terms "DNB-RS/3" from 2026-04-15 on as no material change
      And D&B announces on 2026-03-17 00:00 the terms "DNB-RS/3" from 2026-04-15 on, no material change
      When it is 2026-04-15
      Then the terms "DNB-RS/3" have not come to bind "Textil"

    Example: What a holder was told before stays true for him
      Given Ana alone announces on 2026-02-02 the terms "DNB-RS/3" from 2026-04-15 on as no material change
      And "Textil" receives the notice of the terms "DNB-RS/3" on 2026-02-10
      And D&B announces on 2026-02-20 the terms "DNB-RS/3" from 2026-04-15 on, no material change
      When it is 2026-04-01
      Then "Textil" may withdraw because of the terms "DNB-RS/3" until 2026-04-15

    Example: A contract that nobody could be told of in time is no breach
      Given "Metal" attained AAA for 2024
      When "Metal" orders a certificate on 2026-03-02
      Then D&B has not failed in its duty to "Metal"
      And D&B owes "Metal" no notice of the terms "DNB-RS/2"
      And what is decided about "Metal" on 2026-03-31 is under the terms "DNB-RS/1"

  @DNB-14.3
  Rule: Who was told of a material change may leave until the end of the day on which it binds him

    Background:
      Given D&B announces on 2026-02-01 the terms "DNB-RS/2" from 2026-03-31 on, a material change

    Example: Told in time
      When "Textil" receives the notice of the terms "DNB-RS/2" on 2026-02-20
      Then "Textil" may withdraw because of the terms "DNB-RS/2" until 2026-03-31

    Example: Told late, the day moves
      When "Textil" receives the notice of the terms "DNB-RS/2" on 2026-03-20
      Then "Textil" may withdraw because of the terms "DNB-RS/2" until 2026-04-19

    Example: Not told, there is no day yet
      When it is 2026-03-31
      Then "Textil" has no day to withdraw because of the terms "DNB-RS/2"

    Example: Who says nothing goes on under the new terms
      Given "Textil" receives the notice of the terms "DNB-RS/2" on 2026-02-20
      When it is 2026-04-01
      Then the register shows "Textil" as valid
      And what is decided about "Textil" on 2026-04-01 is under the terms "DNB-RS/2"

  @GEN-11
  Rule: Every decision names the terms that bind the holder on its day

    Background:
      Given D&B announces on 2026-02-01 the terms "DNB-RS/2" from 2026-03-31 on, a material change
      And "Textil" receives the notice of the terms "DNB-RS/2" on 2026-02-20

    Example: The day before the new terms bind him
      When the account of "Textil" is blocked on 2026-03-30
      Then the stamp on every decision about "Textil" names the terms "DNB-RS/1"

    Example: From their day on
      Given it is 2026-03-31
      When the account of "Textil" is blocked on 2026-03-31
      Then the stamp on every decision about "Textil" names the terms "DNB-RS/2"

    Example: Whoever was not told is still under the old ones
      Given "Metal" holds an AAA certificate concluded on 2025-06-01
      When the account of "Metal" is blocked on 2026-04-01
      Then the stamp on every decision about "Metal" names the terms "DNB-RS/1"
