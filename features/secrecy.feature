Feature: Personal data and secrecy
  Whose data is kept, what may be told to others, and what is erased. Clauses 11 and 12.

  @DNB-11.1
  Rule: The holder undertakes to protect the personal data it comes to know

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: The undertaking is kept
      When "Textil" undertakes on 2025-06-02 to protect personal data
      Then "Textil" is known to protect personal data
      And nothing new has been decided

    Example: Without one nothing is known of it
      When it is 2025-06-02
      Then "Textil" is not known to protect personal data

    Example: Once is enough
      Given "Textil" undertakes on 2025-06-02 to protect personal data
      When "Textil" undertakes on 2025-07-01 to protect personal data
      Then the step against "Textil" achieves nothing
      And rule DNB-11.1 is cited

  @DNB-11.2
  Rule: The holder informs those of its people whose data is processed

    Example: A representative is named who was not informed
      Given "Textil" attained AAA for 2024
      And the contract with "Textil" is concluded on 2025-06-01
      When "Ana" is named on 2025-06-02 to represent "Textil"
      Then staff are asked to have the people informed by "Textil"
      And rule DNB-11.2 is cited

    Example: The holder declares that she was informed
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When "Textil" declares on 2025-06-02 that its people were informed
      Then nobody is asked to have the people informed by "Textil"

    Example: She was informed before she was named
      Given "Textil" attained AAA for 2024
      And the contract with "Textil" is concluded on 2025-06-01
      And "Textil" declares on 2025-06-01 12:00 that its people were informed
      When "Ana" is named on 2025-06-02 to represent "Textil"
      Then nobody is asked to have the people informed by "Textil"
      And nothing new has been decided

    Example: Another person comes in her place
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" declares on 2025-06-02 that its people were informed
      When "Iva" is named on 2025-09-01 to represent "Textil"
      Then staff are asked to have the people informed by "Textil"

    Example: Before there is a contract nobody owes it yet
      Given a company "Textil"
      When "Ana" is named on 2025-05-20 to represent "Textil"
      Then nothing new has been decided

  @DNB-12.1
  Rule: What the register does not show is kept secret

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And alteration by "Textil" is reported on 2026-03-02 as case "M-1"

    Example: A suspicion
      When it is 2026-03-03
      Then the register shows "Textil" as valid
      And nothing secret of "Textil" is in what the public is told

    Example: A suspension
      Given "Textil" receives the warning on 2026-03-03 10:00
      When it is 2026-03-05 10:00
      Then the register shows "Textil" as suspended
      And nothing secret of "Textil" is in what the public is told

    Example: A loss
      When the account of "Textil" is blocked on 2026-03-05
      Then the register shows "Textil" as revoked
      And nothing secret of "Textil" is in what the public is told

  @DNB-12.2
  Rule: A secret is told to others only by consent, contract, law or an authority's demand

    Background:
      Given a company "Textil"

    Scenario Outline: With a basis and its document
      When something secret of "Textil" is told to others on 2026-03-02 by <basis>
      Then it is on record that something of "Textil" was told by <basis>
      And nothing new has been decided

      Examples:
        | basis     |
        | consent   |
        | law       |
        | authority |

    Example: By a contract that does not exist
      When something secret of "Textil" is told to others on 2026-03-02 by contract
      Then the disclosure of "Textil" is refused
      And rule DNB-12.2 is cited

    Example: By a contract
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      When something secret of "Textil" is told to others on 2026-03-02 by contract
      Then it is on record that something of "Textil" was told by contract
      And nothing new has been decided

    Example: By nothing at all
      When something secret of "Textil" is told to others on 2026-03-02 without a basis
      Then the report is rejected

    Example: Without the document that proves it
      When something secret of "Textil" is told to others on 2026-03-02 without a document
      Then the report is rejected

  @X-18
  Rule: Persons are kept apart from the events, and erased without a trace in them

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: Erased, and the certificate stands as it stood
      When it is 2025-07-01
      And what is kept of the people of "Textil" is erased
      Then nothing is kept of the people of "Textil"
      And every event of "Textil" is as it was
      And the register shows "Textil" as valid

    Example: Not while a legal hold is open
      Given a legal hold is placed on "Textil" on 2025-06-20
      When it is 2025-07-01
      And what is kept of the people of "Textil" is erased
      Then the erasure is refused under rule X-18
      And something is kept of the people of "Textil"

    Example: After the hold is lifted
      Given a legal hold is placed on "Textil" on 2025-06-20
      And the legal hold on "Textil" is lifted on 2025-06-30
      When it is 2025-07-01
      And what is kept of the people of "Textil" is erased
      Then nothing is kept of the people of "Textil"

  @X-9 @X-10
  Rule: What would be under another reading can be asked, and changes nothing

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: A loss for good after persisting alone, had it taken repeating as well
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And "Textil" receives the second demand on 2026-04-07 12:00
      And staff verify on 2026-04-20 09:00 that "Textil" misuses the mark
      And Ana proposes and Bojan approves on 2026-04-21 to take the licence of "Textil" for good in case "M-1"
      When it is 2026-05-01
      Then with the reading that it takes persisting and repeating "Textil" would be suspended since 2026-04-21 00:05
      And with the reading that persisting or repeating is enough "Textil" would stand as it does
      And the register shows "Textil" as revoked

    Example: A suspension, had it taken a person
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      When it is 2026-05-01
      Then with the reading that a person decides on every suspension "Textil" would be valid since 2026-04-03 10:00
      And with the reading that a lapsed warning suspends by itself "Textil" would stand as it does
