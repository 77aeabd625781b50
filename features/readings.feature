Feature: Readings where the terms can be read in more than one way
  Each reading is the issuer's choice; here is what either choice brings.

  @X-1
  Rule: Misuse leads to the ladder, or takes the licence at once

    Example: The ladder
      Given the reading that the ladder of clause 7 comes before any loss for misuse
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      When alteration by "Textil" is reported on 2025-10-01 as case "M-1"
      Then the register shows "Textil" as valid

    Example: At once
      Given the reading that misuse takes the licence at once
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      When alteration by "Textil" is reported on 2025-10-01 as case "M-1"
      Then the register shows "Textil" as revoked
      And rule DNB-6.15 is cited

  @X-2
  Rule: While it is suspended a holder has the seven working days to remove the mark, or three days

    Example: The seven working days
      Given the reading that a suspended holder removes the mark within the seven working days
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      When "Textil" receives the second demand on 2026-04-07 12:00
      Then the misuse by "Textil" has to stop until the end of 2026-04-20
      And no day is set by which the mark of "Textil" has to be gone
      And "Textil" may not show the mark of 2025 at all

    Example: Three days
      Given the reading that a suspended holder removes the mark within three days
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      When "Textil" receives the second demand on 2026-04-07 12:00
      Then the mark of "Textil" has to be gone by the end of 2026-04-14
      And "Textil" may not show the mark of 2025 at all

  @X-3
  Rule: A loss ends the use of past years too, or leaves it; the end of a contract always leaves it

    Example: It ends with the loss
      Given the reading that a loss ends the use of past years too
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-01
      When the account of "Textil" is blocked on 2026-09-01
      Then "Textil" may not show the mark of 2025 at all
      And "Textil" may not show the mark of 2026 at all

    Example: It stays
      Given the reading that a loss leaves the use of past years
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-01
      When the account of "Textil" is blocked on 2026-09-01
      Then "Textil" may show the mark of 2025 only with that year and AA
      And "Textil" may not show the mark of 2026 at all

    Example: The end of a contract leaves it in any case
      Given the reading that a loss ends the use of past years too
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" cancels by e-mail on 2026-05-04
      When it is 2026-07-01
      Then "Textil" may show the mark of 2025 only with that year and AA

  @X-4
  Rule: Any blockade costs the licence; 60 and 90 days matter elsewhere

    Example: The first day is enough
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When the account of "Textil" is blocked on 2025-10-01
      Then the register shows "Textil" as revoked
      And rule DNB-6.14 is cited

    Example: On the ninety-first day nothing is added
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And the account of "Textil" is blocked on 2025-10-01
      And staff see on 2025-10-02 that the mark of "Textil" is gone
      When it is 2025-12-31
      Then nothing new has been decided
      And the register shows "Textil" in class AAA

  @X-5
  Rule: A first special edition comes by agreement, or with the renewal

    Example: By agreement
      Given the reading that a first special edition needs an agreement
      And "Textil" attained AAA for 2023 to 2024
      And "Textil" holds a certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AAA for 2025 on 2026-05-15
      When it is 2026-07-01
      Then the register shows "Textil" without a special edition

    Example: With the renewal
      Given the reading that a first special edition comes with the renewal
      And "Textil" attained AAA for 2023 to 2024
      And "Textil" holds a certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AAA for 2025 on 2026-05-15
      When it is 2026-07-01
      Then the register shows "Textil" with the Gold edition

  @X-6
  Rule: One cancels not later than 30 days before the end, or within these 30 days

    Scenario Outline: Not later than
      Given the reading that one cancels not later than 30 days before the end
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      When "Textil" cancels by e-mail on <sent>
      Then the cancellation of "Textil" is <answer>

      Examples:
        | sent             | answer   |
        | 2026-05-30 12:00 | accepted |
        | 2026-05-31 23:59 | accepted |
        | 2026-06-01 00:00 | refused  |
        | 2026-06-30 23:59 | refused  |

    Scenario Outline: Within
      Given the reading that one cancels within the last 30 days
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      When "Textil" cancels by e-mail on <sent>
      Then the cancellation of "Textil" is <answer>

      Examples:
        | sent             | answer   |
        | 2026-05-30 23:59 | refused  |
        | 2026-05-31 00:00 | accepted |
        | 2026-06-30 23:59 | accepted |

    Example: The agenda tells the last day
      Given the reading that one cancels not later than 30 days before the end
      And "Textil" holds an AA certificate concluded on 2025-06-30
      When it is 2026-04-16
      Then "Textil" can cancel until 2026-05-31

    Example: Or the first and the last
      Given the reading that one cancels within the last 30 days
      And "Textil" holds an AA certificate concluded on 2025-06-30
      When it is 2026-04-16
      Then "Textil" can cancel from 2026-05-31 until 2026-06-30

  @X-7
  Rule: The sixty days of the notice go back from the end, or from the renewal the day after

    Example: From the end
      Given the reading that the notice is counted from the end of the contract
      And "Textil" holds an AA certificate concluded on 2025-06-30
      When "Textil" receives the renewal notice on 2026-05-02 12:00
      Then D&B has failed in its duty to "Textil"

    Example: From the renewal
      Given the reading that the notice is counted from the renewal
      And "Textil" holds an AA certificate concluded on 2025-06-30
      When "Textil" receives the renewal notice on 2026-05-02 12:00
      Then the notice to "Textil" is in order
      And D&B has not failed in its duty to "Textil"

  @X-8
  Rule: An extension needs a notice of its own, or the earlier one survives it

    Example: A notice of its own
      Given the reading that an extension needs a notice of its own
      And "Textil" holds an AA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      And collection of the 2025 data opens on 2026-02-01
      And the 2025 data of "Textil" is collected on 2026-04-20
      And "Textil" is assessed AA for 2025 on 2026-04-20
      When it is 2026-04-21 00:00
      Then the renewal of "Textil" is held
      And rule DNB-4.14 is cited

    Example: With the late notice come fifteen days to cancel
      Given the reading that an extension needs a notice of its own
      And "Textil" holds an AA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      And collection of the 2025 data opens on 2026-02-01
      And the 2025 data of "Textil" is collected on 2026-04-20
      And "Textil" is assessed AA for 2025 on 2026-04-20
      And "Textil" receives a late renewal notice on 2026-04-22, for want of data
      When "Textil" cancels by e-mail on 2026-05-07 23:59
      Then the cancellation of "Textil" is accepted
      And rule DNB-4.13 is cited

    Example: The earlier one survives
      Given the reading that a notice survives an extension
      And "Textil" holds an AA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      And collection of the 2025 data opens on 2026-02-01
      And the 2025 data of "Textil" is collected on 2026-04-20
      And "Textil" is assessed AA for 2025 on 2026-04-20
      When it is 2026-04-21 00:00
      Then the contract of "Textil" is renewed

  @X-9
  Rule: For the loss for good persisting or repeating is enough, or it takes both

    Example: Persisting alone is enough
      Given the reading that persisting or repeating is enough
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      When Ana proposes and Bojan approves on 2026-04-21 to take the licence of "Textil" for good in case "M-1"
      Then the licence of "Textil" is withdrawn for good

    Example: Persisting alone is not enough
      Given the reading that it takes persisting and repeating
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      When Ana proposes and Bojan approves on 2026-04-21 to take the licence of "Textil" for good in case "M-1"
      Then the withdrawal for good from "Textil" is refused
      And rule X-9 is cited

    Example: Both together are
      Given the reading that it takes persisting and repeating
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And missing year by "Textil" is reported on 2026-01-12 as case "M-0"
      And staff see on 2026-01-13 that "Textil" has stopped
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      When Ana proposes and Bojan approves on 2026-04-21 to take the licence of "Textil" for good in case "M-1"
      Then the licence of "Textil" is withdrawn for good

  @X-10
  Rule: A lapsed warning suspends by itself, unless put off; or a person decides each time

    Example: By itself
      Given the reading that a lapsed warning suspends by itself
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      When it is 2026-04-09 10:00
      Then the register shows "Textil" as suspended

    Example: Put off with a reason
      Given the reading that a lapsed warning suspends by itself
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      And staff put the suspension of "Textil" off on 2026-04-08 until 2026-04-15 12:00
      When it is 2026-04-15 11:59
      Then the register shows "Textil" as valid

    Example: And no longer than that
      Given the reading that a lapsed warning suspends by itself
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      And staff put the suspension of "Textil" off on 2026-04-08 until 2026-04-15 12:00
      When it is 2026-04-15 12:00
      Then the register shows "Textil" as suspended

    Example: A person decides
      Given the reading that a person decides on every suspension
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      When it is 2026-04-09 10:00
      Then the register shows "Textil" as valid
      And staff are asked to decide on the suspension of "Textil"

    Example: And has decided
      Given the reading that a person decides on every suspension
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-04-06 as case "M-1"
      And "Textil" receives the warning on 2026-04-07 10:00
      When staff suspend "Textil" on 2026-04-10 09:00
      Then the register shows "Textil" as suspended since 2026-04-10 09:00

  @DNB-4.14
  Rule: Without a notice a renewal is held, or comes all the same

    Scenario Outline: Nobody has told the holder anything
      Given the reading that <reading>
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2026-07-01
      Then the <outcome>

      Examples:
        | reading                              | outcome                                            |
        | a renewal without a notice is held   | renewal of "Textil" is held                        |
        | a contract renews without a notice   | contract of "Textil" is renewed provisionally      |

  @DNB-4.14 @DNB-4.11
  Rule: Where it comes all the same, each term has a notice of its own

    Background:
      Given the reading that a contract renews without a notice
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-01

    Example: The notice of the second term is due again sixty days before its end
      When it is 2027-05-01 23:59
      Then the renewal notice to "Textil" is due by 2027-05-01
      And D&B has not failed in its duty to "Textil"

    Example: A day later D&B has failed a second time
      When it is 2027-05-02 00:00
      Then D&B has failed in its duty to "Textil"
      And rule DNB-4.11 is cited

    Example: The second term was told of in time, and its renewal is final
      Given "Textil" receives the renewal notice of term 2 on 2027-04-15
      And "Textil" is assessed AA for 2026 on 2027-05-15
      When it is 2027-07-01
      Then the contract of "Textil" is renewed
      And D&B has not failed in its duty to "Textil"
      And the certificate of "Textil" runs from 2027-07-01 to 2028-06-30

    Example: Told of neither, the holder can undo the newest renewal only
      Given "Textil" is assessed AA for 2026 on 2027-05-15
      And it is 2027-07-01
      When "Textil" cancels by e-mail on 2027-07-10
      Then the renewal of "Textil" is undone
      And for 2027-06-30 the register shows "Textil" as valid
      And for 2027-07-01 the register shows "Textil" as cancelled at expiry

    Example: The late notice of the last term makes its renewal final after fifteen days
      Given "Textil" receives the renewal notice on 2026-07-10
      When it is 2026-07-28 00:00
      Then the renewal of "Textil" becomes final
      And the renewal notice to "Textil" is due by 2027-05-01

  @GEN-3
  Rule: Saturdays are no working days, or they are

    Scenario Outline: Seven working days over Easter
      Given the reading that Saturdays are <reading>
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2026-04-03 10:00 for misuse
      When "Textil" receives the second demand on 2026-04-07
      Then the misuse by "Textil" has to stop until the end of <last>

      Examples:
        | reading         | last       |
        | no working days | 2026-04-20 |
        | working days    | 2026-04-18 |

  @GEN-3 @GEN-2
  Rule: No term in calendar days ends on a Saturday, or it may

    Scenario Outline: The fifteenth day is a Saturday
      Given the reading that <reading>
      And "Textil" holds an AA certificate concluded on 2025-06-30
      When "Textil" receives the renewal notice on 2026-06-12
      Then "Textil" can cancel until <last>

      Examples:
        | reading                                       | last       |
        | no term in calendar days ends on a Saturday   | 2026-06-29 |
        | a term in calendar days may end on a Saturday | 2026-06-27 |

  @DNB-13.2
  Rule: How long an amicable settlement is awaited is the issuer's choice

    Scenario Outline: Thirty days, or more
      Given the reading that <reading>
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" points out a defect on 2025-10-01
      When D&B tries on 2025-10-10 to settle amicably with "Textil"
      Then an amicable settlement with "Textil" is awaited until the end of <last>

      Examples:
        | reading                                       | last       |
        | an amicable settlement is awaited for 30 days | 2025-11-10 |
        | an amicable settlement is awaited for 60 days | 2025-12-09 |

  @DNB-1.2
  Rule: What counts as writing is the issuer's choice

    Example: An exchange of e-mails is writing
      Given the reading that an exchange of e-mails is writing
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      When "Textil" and D&B agree on 2026-01-10 by an exchange of e-mails to depart from DNB-4.7 from 2026-02-01 on
      Then the deviation agreed with "Textil" binds

    Example: Only a signed document is
      Given the reading that only a signed document is writing
      And "Textil" holds an AAA certificate concluded on 2025-06-01
      When "Textil" and D&B agree on 2026-01-10 by an exchange of e-mails to depart from DNB-4.7 from 2026-02-01 on
      Then the deviation agreed with "Textil" does not bind
