Feature: How the mark may be used, and when it has to go
  As it is in its own year, with its year and grade afterwards, and not at all when the right to it is lost.

  @DNB-2.9
  Rule: Each certified year has a mark of its own, with its grade

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15

    Example: In the first year there is one
      When it is 2026-06-30 23:59
      Then "Textil" may show the mark of 2025 with AAA as it is

    Example: In the second year there are two
      When it is 2026-07-01
      Then "Textil" may show the mark of 2026 with AA as it is
      And "Textil" may show the mark of 2025 only with that year and AAA

    Example: Without a contract there is none
      Given a company "Metal"
      When D&B makes "Metal" an offer on 2026-06-01
      Then "Metal" has no mark to show

  @DNB-6.2
  Rule: The mark is shown as it was delivered

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: An altered mark is a ground for the ladder
      When alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And the audit trail finds the case of "Textil" by rule DNB-6.2

    Example: Put right within 48 hours it has no consequence
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And "Textil" receives the warning on 2026-03-02 10:00
      When staff see on 2026-03-04 09:59 that "Textil" has stopped
      Then "Textil" may show the mark of 2025 with AAA as it is

  @DNB-6.3
  Rule: Nobody registers the mark

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: A holder who files for it as a trademark is on the ladder
      When registration by "Textil" is reported on 2026-03-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And rule DNB-6.3 is cited

    Example: Anybody else infringes
      Given a company "Metal"
      When registration by "Metal" is reported on 2026-03-02 as case "M-1"
      Then the case of "Metal" is an infringement by an outsider

  @DNB-6.8
  Rule: The mark advertises the holder's own business and nobody else's

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: For a sister company it is misuse by the holder
      When foreign purpose by "Textil" is reported on 2026-03-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And rule DNB-6.8 is cited

    Example: The sister company itself, which holds no certificate, infringes
      Given a company "Textil Komerc"
      When foreign purpose by "Textil Komerc" is reported on 2026-03-02 as case "M-1"
      Then the case of "Textil Komerc" is an infringement by an outsider

  @DNB-6.9
  Rule: After its period the mark bears the year of that period

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" cancels by e-mail on 2026-05-04

    Example: On the last day it needs no year
      When it is 2026-06-30 23:59
      Then "Textil" may show the mark of 2025 with AAA as it is

    Example: From the next day on it does, for as long as the holder likes
      When it is 2029-07-01
      Then "Textil" may show the mark of 2025 only with that year and AAA

    Example: Without its year it is misuse, also by a former holder
      When missing year by "Textil" is reported on 2026-07-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And rule DNB-6.9 is cited

  @DNB-6.10
  Rule: An old mark bears the grade of its own year

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-30
      And "Textil" receives the renewal notice on 2026-04-15
      And "Textil" is assessed AA for 2025 on 2026-05-15
      And it is 2026-07-01

    Example: AAA only with the year in which it was attained
      When it is 2026-07-02
      Then "Textil" may show the mark of 2025 only with that year and AAA
      And "Textil" may show the mark of 2026 with AA as it is

    Example: The grade of another year is misuse
      When wrong grade year by "Textil" is reported on 2026-07-02 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And rule DNB-6.10 is cited

  @DNB-6.16
  Rule: Who loses the right ends every use at once

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: From the first moment of the blockade
      When the account of "Textil" is blocked on 2026-03-02
      Then "Textil" may not show the mark of 2025 at all
      And for 2026-03-01 "Textil" might show the mark of 2025 as it is

    Example: From the moment of a suspension
      When "Textil" is suspended on 2026-04-03 10:00 for misuse
      Then "Textil" may not show the mark of 2025 at all

    Example: Who goes on using it misuses it
      Given the account of "Textil" is blocked on 2026-03-02
      When use after loss by "Textil" is reported on 2026-03-20 as case "M-1"
      Then the case of "Textil" is opened under the ladder
      And rule DNB-6.16 is cited

    Example: A right that comes back brings the use back
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      When staff see on 2026-04-05 10:00 that "Textil" has stopped
      Then "Textil" may show the mark of 2025 with AAA as it is

  @DNB-6.17
  Rule: Who loses the right removes the mark from everything within three days

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: A blockade of the own account is known, and the days run from it
      When the account of "Textil" is blocked on 2026-04-09
      Then the mark of "Textil" has to be gone by the end of 2026-04-14

    Example: Of another loss the holder has to be told
      Given bankruptcy of "Textil" is opened on 2026-04-20
      When it is 2026-04-30
      Then no day is set by which the mark of "Textil" has to be gone

    Example: From the receipt of that notice the days run
      Given bankruptcy of "Textil" is opened on 2026-04-20
      When "Textil" receives the notice of the loss on 2026-05-04 12:00
      Then the mark of "Textil" has to be gone by the end of 2026-05-07

    Example: The delivery of a letter is the receipt of what it says
      Given bankruptcy of "Textil" is opened on 2026-04-20
      And the notice of the loss goes to "Textil" by mail on 2026-05-03 12:00
      When the letter to "Textil" is delivered on 2026-05-04 12:00
      Then the mark of "Textil" has to be gone by the end of 2026-05-07

    Example: Told twice it does not start again
      Given bankruptcy of "Textil" is opened on 2026-04-20
      And the notice of the loss goes to "Textil" by mail on 2026-05-03 12:00
      And "Textil" receives the notice of the loss on 2026-05-04 12:00
      When the letter to "Textil" is delivered on 2026-05-05 12:00
      Then the mark of "Textil" has to be gone by the end of 2026-05-07

    Example: Until the end of the third day nobody asks
      Given the account of "Textil" is blocked on 2026-04-09
      When it is 2026-04-14 23:59
      Then nobody is asked to see whether the mark is gone of "Textil"

    Example: Then staff have to look
      Given the account of "Textil" is blocked on 2026-04-09
      When it is 2026-04-15 00:00
      Then staff are asked to see whether the mark is gone of "Textil"
      And rule DNB-6.17 is cited

    Example: A mark that is gone in time
      Given the account of "Textil" is blocked on 2026-04-09
      And staff see on 2026-04-14 15:00 that the mark of "Textil" is gone
      When it is 2026-04-30
      Then nobody is asked to see whether the mark is gone of "Textil"

    Example: A blockade that was none takes the duty with it
      Given the account of "Textil" is blocked on 2026-04-09
      When the blockade of "Textil" turns out wrong on 2026-04-10
      Then nothing of "Textil" has to be removed
      And "Textil" may show the mark of 2025 with AAA as it is
