Feature: Facts that are learned late, or turn out wrong
  Class and licence follow the facts from their own day; what was decided about a contract stands.

  @GEN-10
  Rule: Every report is kept with its source, the day it holds from and the day it was learned

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: A blockade learned six days later
      When the account of "Textil" is blocked on 2025-10-01, learned on 2025-10-07 14:00
      Then the audit trail has the blockade of "Textil" from "urn:nbs", from 2025-10-01 00:00, learned 2025-10-07 14:00
      And every decision about "Textil" names its rule and what it follows from

    Example: The same report once more
      Given the account of "Textil" is blocked on 2025-10-01
      When the blockade of "Textil" on 2025-10-01 is reported once more
      Then the report is known already and changes nothing

    Example: A report about a number that no register could have given
      When a blockade of the impossible number "RS-17012348" is reported on 2025-10-01
      Then the report is rejected

    Example: A report of what has not happened yet
      When a blockade of "Textil" from 2025-10-02 is reported already on 2025-10-01
      Then the report is rejected
      And the register shows "Textil" as valid

  @GEN-10
  Rule: What turns out wrong is as if it had never been; what is forgiven holds from now on

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And the account of "Textil" is blocked on 2025-10-01

    Example: The blockade turns out wrong, and the licence was never lost
      When the blockade of "Textil" turns out wrong on 2025-11-10
      Then the register shows "Textil" as valid
      And for 2025-10-15 the register shows "Textil" as valid

    Example: The licence is given back, and was lost until then
      Given the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Bojan give "Textil" its licence back on 2025-11-10
      Then the register shows "Textil" as valid
      And for 2025-10-15 the register shows "Textil" as revoked

    Example: The retraction itself turns out wrong
      Given the blockade of "Textil" turns out wrong on 2025-11-10
      When the retraction of "Textil" turns out wrong on 2025-11-20
      Then the register shows "Textil" as revoked since 2025-10-01

    Example: One of two blockades turns out wrong
      Given another account of "Textil" is blocked on 2025-10-05
      When the blockade of "Textil" turns out wrong on 2025-11-10
      Then the register shows "Textil" as revoked since 2025-10-01

    Example: The unblocking turns out wrong, so that nothing can be given back
      Given the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      And the unblocking of "Textil" turns out wrong on 2025-11-10
      When Ana and Bojan give "Textil" its licence back on 2025-11-11
      Then the licence of "Textil" is not given back

  @GEN-10
  Rule: A certificate that should not have been issued is annulled

    Example: The only class turns out wrong
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When the class of "Textil" turns out wrong on 2025-11-10
      Then the register shows "Textil" as annulled
      And for 2025-06-15 the register shows "Textil" as annulled

    Example: A blockade that lasted on the day of the order is learned afterwards
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When the account of "Textil" is blocked on 2025-05-25, learned on 2025-06-10
      Then the register shows "Textil" as annulled

    Example: Corrected to another class, it shows that one
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When "Textil" is assessed AA for 2024 on 2025-05-20, learned on 2025-11-10
      Then the register shows "Textil" as valid
      And the register shows "Textil" in class AA

  @GEN-7 @DNB-4.6
  Rule: A cancellation sent in time counts, however late it is read

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-06

    Example: Sent in time and read after the renewal, which is undone from its start
      When "Textil" cancels by e-mail on 2026-05-31 23:59, learned on 2026-07-06
      Then the cancellation of "Textil" is accepted
      And the register shows "Textil" as cancelled at expiry since 2026-07-01

    Example: Sent a minute too late, the renewal stands
      When "Textil" cancels by e-mail on 2026-06-01 00:00, learned on 2026-07-06
      Then the cancellation of "Textil" is refused
      And the register shows "Textil" as valid

  @DNB-4.8 @GEN-8
  Rule: A renewal that was decided stands, and people are asked to look at it

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-06

    Example: A bankruptcy from before the renewal is learned after it
      When bankruptcy of "Textil" is opened on 2026-06-20, learned on 2026-08-01
      Then the register shows "Textil" as revoked
      And for 2026-06-20 the register shows "Textil" as revoked
      And for 2026-06-19 the register shows "Textil" as valid
      And the certificate of "Textil" runs from 2026-07-01 to 2027-06-30
      And staff are asked to review the contract of "Textil"

    Example: Two people may decide what would have been right
      Given bankruptcy of "Textil" is opened on 2026-06-20, learned on 2026-08-01
      When Ana and Bojan restore the contract of "Textil" on 2026-08-05
      Then the contract of "Textil" is not renewed

    Example: One person may not
      Given bankruptcy of "Textil" is opened on 2026-06-20, learned on 2026-08-01
      When Ana and Ana restore the contract of "Textil" on 2026-08-05
      Then the step against "Textil" achieves nothing
      And the certificate of "Textil" runs from 2026-07-01 to 2027-06-30

  @GEN-10
  Rule: By another reading a late fact reopens the renewal

    Example: The same bankruptcy under that reading
      Given the reading that a late fact reopens a renewal
      And "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-06
      When bankruptcy of "Textil" is opened on 2026-06-20, learned on 2026-08-01
      Then the contract of "Textil" is not renewed
