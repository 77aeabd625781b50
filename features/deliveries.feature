Feature: Packages and their delivery
  What a package holds, by when it comes, and what stays online; the issuer's own promises are watched like anybody's.

  @DNB-6.4
  Rule: The vector form comes with a package that holds it, or by an order of its own

    Background:
      Given "Textil" holds an AA certificate concluded on 2026-04-29

    Scenario Outline: With a package
      Given "Textil" orders the <package> package on 2026-04-29
      When "Textil" asks for the vector form on 2026-05-04
      Then "Textil" <answer> the vector form

      Examples:
        | package   | answer     |
        | basic     | is refused |
        | Exclusive | gets       |
        | Silver    | gets       |
        | Gold      | gets       |
        | Platinum  | gets       |

    Example: By an order of its own
      Given "Textil" orders the basic package on 2026-04-29
      And "Textil" orders the vector form on 2026-05-04
      When "Textil" asks for the vector form on 2026-05-05
      Then "Textil" gets the vector form

    Example: Not while the licence is lost
      Given "Textil" orders the Gold package on 2026-04-29
      And the account of "Textil" is blocked on 2026-05-04
      When "Textil" asks for the vector form on 2026-05-05
      Then "Textil" is refused the vector form
      And rule DNB-6.16 is cited

  @DNB-6.5
  Rule: The electronic materials come to the representative within three working days of the agreement

    Background:
      Given "Textil" holds an AA certificate concluded on 2026-04-29
      And "Textil" orders the Silver package on 2026-04-29

    Example: The first of May and a weekend are not counted
      Then D&B owes "Textil" the electronic materials until the end of 2026-05-05

    Example: On the last evening
      When the electronic materials reach "Textil" on 2026-05-05 23:59
      Then D&B has not failed in its duty to "Textil"

    Example: A minute later
      When the electronic materials reach "Textil" on 2026-05-06 00:00
      Then D&B has failed in its duty to "Textil"
      And rule DNB-6.5 is cited

    Example: What is overdue is still to be delivered
      When it is 2026-05-06
      Then staff are asked to deliver what is overdue to "Textil"

    Example: It is no longer asked for when it has come
      Given it is 2026-05-06
      When the electronic materials reach "Textil" on 2026-05-06 10:00
      Then nobody is asked to deliver what is overdue to "Textil"

  @DNB-6.5
  Rule: They need somebody to go to

    Background:
      Given "Metal" attained AA for 2024
      And "Metal" orders the Silver package on 2026-04-28

    Example: Nobody is named
      When "Metal" orders a certificate on 2026-04-29
      Then staff are asked to have a representative named of "Metal"
      And D&B owes "Metal" the electronic materials until the end of 2026-05-05

    Example: Somebody is named afterwards
      Given "Metal" orders a certificate on 2026-04-29
      When a representative of "Metal" is named on 2026-04-30
      Then nobody is asked to have a representative named of "Metal"

  @DNB-6.6
  Rule: The parcel reaches the company within thirty days of the contract

    Background:
      Given "Textil" holds an AA certificate concluded on 2026-04-29
      And "Textil" orders the Silver package on 2026-04-29
      And the electronic materials reach "Textil" on 2026-05-04

    Example: The parcel on the last evening
      When the parcel reaches "Textil" on 2026-05-29 23:59
      Then D&B has not failed in its duty to "Textil"
      And D&B owes "Textil" no delivery

    Example: The parcel a minute later
      When the parcel reaches "Textil" on 2026-05-30 00:00
      Then D&B has failed in its duty to "Textil"
      And rule DNB-6.6 is cited

    Example: With the courier is not yet with the company
      Given the courier takes the parcel for "Textil" on 2026-05-20
      When it is 2026-05-30
      Then D&B has failed in its duty to "Textil"

    Example: Without a package on record nothing is judged
      Given "Metal" holds an AA certificate concluded on 2026-04-29
      When it is 2026-06-15
      Then D&B owes "Metal" no delivery

    Example: A package that is ordered later is owed from then on
      Given "Metal" holds an AA certificate concluded on 2026-03-02
      When "Metal" orders the Gold package on 2026-04-29
      Then D&B owes "Metal" the parcel until the end of 2026-05-29

  @DNB-6.7
  Rule: Who can't keep the day says so in time, and names another

    Background:
      Given "Textil" holds an AA certificate concluded on 2026-04-29
      And "Textil" orders the Silver package on 2026-04-29
      And the electronic materials reach "Textil" on 2026-05-04

    Example: Said on the last evening
      When D&B tells "Textil" on 2026-05-29 23:59 that the parcel will come by 2026-06-14
      Then D&B owes "Textil" the parcel until the end of 2026-06-14
      And D&B has not failed in its duty to "Textil"
      And rule DNB-6.7 is cited

    Example: Said a minute too late
      When D&B tells "Textil" on 2026-05-30 00:00 that the parcel will come by 2026-06-14
      Then D&B has failed in its duty to "Textil"

    Example: And the other day is kept
      Given D&B tells "Textil" on 2026-05-29 that the parcel will come by 2026-06-14
      When the parcel reaches "Textil" on 2026-06-14 23:59
      Then D&B has not failed in its duty to "Textil"

    Example: Or is not
      Given D&B tells "Textil" on 2026-05-29 that the parcel will come by 2026-06-14
      When it is 2026-06-15
      Then D&B has failed in its duty to "Textil"

    Example: It may be put off again
      Given D&B tells "Textil" on 2026-05-29 that the parcel will come by 2026-06-14
      When D&B tells "Textil" on 2026-06-10 that the parcel will come by 2026-06-30
      Then D&B owes "Textil" the parcel until the end of 2026-06-30

    Example: The electronic materials are not put off
      Given "Metal" attained AA for 2024
      And "Metal" holds a certificate concluded on 2026-04-29
      And "Metal" orders the Silver package on 2026-04-29
      When D&B tells "Metal" on 2026-05-04 that the electronic materials will come by 2026-05-31
      Then D&B owes "Metal" the electronic materials until the end of 2026-05-05
      And rule DNB-6.5 is cited

    Example: A day before the one that holds changes nothing
      When D&B tells "Textil" on 2026-05-11 that the parcel will come by 2026-05-28
      Then D&B owes "Textil" the parcel until the end of 2026-05-29

  @DNB-6.5 @DNB-6.6
  Rule: With the contract ends what is still owed under it, but no breach of before is undone

    Background:
      Given "Textil" holds an AA certificate concluded on 2026-04-29
      And "Textil" orders the Silver package on 2026-04-29
      And the electronic materials reach "Textil" on 2026-05-04

    Example: Withdrawn in the last minute of the thirty days
      Given "Textil" withdraws on 2026-05-29 23:59 by "Law of obligations, article 262"
      When it is 2026-06-15
      Then D&B owes "Textil" no delivery
      And D&B has not failed in its duty to "Textil"
      And nobody is asked to deliver what is overdue to "Textil"

    Example: Withdrawn a minute later
      When "Textil" withdraws on 2026-05-30 00:00 by "Law of obligations, article 262"
      Then D&B has failed in its duty to "Textil"
      And D&B owes "Textil" no delivery
      And nobody is asked to deliver what is overdue to "Textil"

    Example: Until the contract ends by it, a withdrawal leaves everything owed
      Given "Textil" withdraws on 2026-05-20 by a law that it does not name
      Then D&B owes "Textil" the parcel until the end of 2026-05-29

    Example: Overdue at the regular end of the contract
      Given "Textil" receives the renewal notice on 2027-02-15
      And "Textil" cancels by e-mail on 2027-03-20
      When it is 2027-04-30
      Then the register shows "Textil" as cancelled at expiry
      And D&B owes "Textil" no delivery
      And nobody is asked to deliver what is overdue to "Textil"

    Example: On the last day of the contract it is still owed
      Given "Textil" receives the renewal notice on 2027-02-15
      And "Textil" cancels by e-mail on 2027-03-20
      When it is 2027-04-29 23:59
      Then staff are asked to deliver what is overdue to "Textil"

    Example: What was delivered stays with the holder
      Given the parcel reaches "Textil" on 2026-05-20
      When "Textil" withdraws on 2026-05-21 by "Law of obligations, article 262"
      Then D&B owes "Textil" no delivery
      And D&B has not failed in its duty to "Textil"

  @DNB-6.11
  Rule: The e-sign and the logo on D&B's site end after a year, but not before the contract

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15

    Example: A year after it was published
      Given the e-sign of "Textil" goes online on 2026-04-20
      And "Textil" cancels by e-mail on 2026-05-04
      When it is 2027-04-20 23:59
      Then the e-sign of "Textil" stays online at least until the end of 2027-04-20
      And nobody is asked to take down what is online of "Textil"

    Example: And not a day longer
      Given the e-sign of "Textil" goes online on 2026-04-20
      And "Textil" cancels by e-mail on 2026-05-04
      When it is 2027-04-21
      Then staff are asked to take down what is online of "Textil"

    Example: Until somebody has seen that it is gone
      Given the e-sign of "Textil" goes online on 2026-04-20
      And "Textil" cancels by e-mail on 2026-05-04
      And it is 2027-04-21
      When the e-sign of "Textil" is gone from the site on 2027-04-22
      Then nobody is asked to take down what is online of "Textil"

    Example: As long as the contract is renewed it stays
      Given the logo of "Textil" goes online on 2026-04-20
      And "Textil" is assessed AA for 2025 on 2026-05-15
      When it is 2027-05-04
      Then the register shows "Textil" as valid
      And nobody is asked to take down what is online of "Textil"
