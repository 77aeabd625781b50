Feature: How the right to use the mark is lost, and how it comes back
  By the text of the terms some events take it on their day; what ends the event gives nothing back.

  Background:
    Given "Textil" holds an AAA certificate concluded on 2025-06-01

  @DNB-6.12
  Rule: The right ends with the legal person

    Example: On the day of the deletion
      When "Textil" is deleted from the business register on 2025-10-01
      Then the register shows "Textil" as revoked since 2025-10-01
      And "Textil" may not use the mark
      And rule DNB-6.12 is cited

    Example: Until then it lasts
      When it is 2025-09-30 23:59
      Then the register shows "Textil" as valid

    Example: A contract that had ended before stays as it ended
      Given "Textil" receives the renewal notice on 2026-03-15
      And "Textil" cancels by e-mail on 2026-04-20
      When "Textil" is deleted from the business register on 2026-07-01
      Then the register shows "Textil" as cancelled at expiry
      And "Textil" may not use the mark

  @DNB-6.13
  Rule: The right is lost when insolvency proceedings are opened

    Scenario Outline: An opening takes it from its day on
      When <proceeding> of "Textil" is opened on 2025-10-01, learned on 2025-10-06 09:00
      Then the register shows "Textil" as revoked since 2025-10-01
      And rule DNB-6.13 is cited

      Examples:
        | proceeding               |
        | bankruptcy               |
        | forced settlement        |
        | preventive restructuring |

    Example: A request takes nothing
      When bankruptcy of "Textil" is requested on 2025-10-01
      Then the register shows "Textil" as valid

    Example: Nor does a request that is dismissed
      Given bankruptcy of "Textil" is requested on 2025-10-01
      When the request for bankruptcy of "Textil" is dismissed on 2025-11-01
      Then the register shows "Textil" as valid
      And "Textil" may use the mark

    Example: On a liquidation, which is solvent in law, two people decide
      When liquidation of "Textil" is opened on 2025-10-01
      Then the register shows "Textil" as valid
      And staff are asked to decide on the loss of "Textil"

    Example: Two people decide that it takes the licence
      Given liquidation of "Textil" is opened on 2025-10-01
      When Ana and Bojan decide on 2025-10-08 that the liquidation takes the licence of "Textil"
      Then the register shows "Textil" as revoked
      And nobody is asked to decide on the loss of "Textil"

    Example: Two people decide that it does not
      Given liquidation of "Textil" is opened on 2025-10-01
      When Ana and Bojan decide on 2025-10-08 that the liquidation leaves the licence of "Textil"
      Then the register shows "Textil" as valid
      And nobody is asked to decide on the loss of "Textil"

    Example: One person alone cannot decide it
      Given liquidation of "Textil" is opened on 2025-10-01
      When Ana and Ana decide on 2025-10-08 that the liquidation takes the licence of "Textil"
      Then the step against "Textil" achieves nothing
      And the register shows "Textil" as valid
      And staff are asked to decide on the loss of "Textil"

  @DNB-6.14
  Rule: The right is lost with the day of a blockade, and unblocking gives nothing back

    Example: From the first moment of the day, though it is learned later
      When the account of "Textil" is blocked on 2025-10-01, learned on 2025-10-07 14:00
      Then the register shows "Textil" as revoked since 2025-10-01
      And for 2025-09-30 the register shows "Textil" as valid
      And rule DNB-6.14 is cited

    Example: Blocked and unblocked on one day
      Given the account of "Textil" is blocked on 2025-10-01
      When the account of "Textil" is unblocked on 2025-10-01 15:00
      Then the register shows "Textil" as revoked

    Example: Two people and a written agreement give it back
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Bojan give "Textil" its licence back on 2025-10-25 10:00
      Then the licence of "Textil" is given back
      And the register shows "Textil" as valid since 2025-10-25 10:00
      And for 2025-10-24 the register shows "Textil" as revoked

    Example: One person does not
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Ana give "Textil" its licence back on 2025-10-25 10:00
      Then the licence of "Textil" is not given back
      And rule GEN-8 is cited

    Example: Nor do two without a written agreement
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Bojan give "Textil" its licence back on 2025-10-25 without a written agreement
      Then the licence of "Textil" is not given back

    Example: Nor does anybody before the holder has asked for it
      Given "Textil" asks for its licence back on 2025-09-30
      And the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      When Ana and Bojan give "Textil" its licence back on 2025-10-25
      Then the licence of "Textil" is not given back
      And the register shows "Textil" as revoked

    Example: What was refused once has to be asked for again
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      And Ana and Bojan refuse "Textil" its licence on 2025-10-25
      When Ana and Bojan give "Textil" its licence back on 2025-11-05
      Then the licence of "Textil" is not given back

    Example: Asked for again, it can be given back
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      And Ana and Bojan refuse "Textil" its licence on 2025-10-25
      And "Textil" asks for its licence back on 2025-11-04
      When Ana and Bojan give "Textil" its licence back on 2025-11-05
      Then the licence of "Textil" is given back
      And the register shows "Textil" as valid since 2025-11-05

    Example: Nor can anybody while a second account is blocked
      Given the account of "Textil" is blocked on 2025-10-01
      And another account of "Textil" is blocked on 2025-10-10
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Bojan give "Textil" its licence back on 2025-10-25
      Then the licence of "Textil" is not given back
      And the register shows "Textil" as revoked

  @DNB-6.15
  Rule: Use against the terms is a ground for the ladder of clause 7, and takes nothing by itself

    Example: Misuse is reported
      When alteration by "Textil" is reported on 2025-10-01 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And "Textil" may use the mark

    Example: What takes the licence is the ladder, when it comes to that
      Given alteration by "Textil" is reported on 2025-10-01 09:00 as case "M-1"
      And "Textil" receives the warning on 2025-10-01 10:00
      When it is 2025-10-03 10:00
      Then "Textil" may not use the mark
      And rule DNB-7.3 is cited

  @GEN-8
  Rule: A loss by the text of the terms comes by itself, and then a person confirms it

    Example: A blockade takes the licence, and staff look whether that is right
      When the account of "Textil" is blocked on 2025-10-01
      Then the register shows "Textil" as revoked since 2025-10-01
      And staff are asked to confirm the loss of "Textil"
      And rule GEN-8 is cited

    Example: An insolvency does so too
      When bankruptcy of "Textil" is opened on 2025-10-01
      Then staff are asked to confirm the loss of "Textil"

    Example: A liquidation, on which two people decide, leaves nothing to confirm
      Given liquidation of "Textil" is opened on 2025-10-01
      When Ana and Bojan decide on 2025-10-08 that the liquidation takes the licence of "Textil"
      Then nobody is asked to confirm the loss of "Textil"

    Example: The end of the blockade leaves the question open
      Given the account of "Textil" is blocked on 2025-10-01
      When the account of "Textil" is unblocked on 2025-10-20
      Then staff are asked to confirm the loss of "Textil"

    Example: A licence given back needs no confirmation of its loss
      Given the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      When Ana and Bojan give "Textil" its licence back on 2025-10-25 10:00
      Then nobody is asked to confirm the loss of "Textil"

    Example: Nor does a loss that never was, because the fact behind it was wrong
      Given the account of "Textil" is blocked on 2025-10-01
      When the blockade of "Textil" turns out wrong on 2025-10-05
      Then nobody is asked to confirm the loss of "Textil"
