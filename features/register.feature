Feature: The public register
  Anybody can ask where a certificate stands and stood; why it stands there is for staff and auditors.

  @DNB-12.1 @DNB-12.2
  Rule: The public learns the status and the clause, staff the rule and with it the cause

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Scenario Outline: Different causes under one clause look alike from outside
      When <what happens>
      Then the register shows "Textil" as revoked
      And the public learns clause 6 about "Textil"
      And staff see rule <rule> about "Textil"

      Examples:
        | what happens                                               | rule     |
        | the account of "Textil" is blocked on 2025-10-01           | DNB-6.14 |
        | bankruptcy of "Textil" is opened on 2025-10-01             | DNB-6.13 |
        | "Textil" is deleted from the business register on 2025-10-01 | DNB-6.12 |

    Example: A suspension is under clause 7
      When "Textil" is suspended on 2025-10-03 10:00 for misuse
      Then the public learns clause 7 about "Textil"
      And staff see rule DNB-7.3 about "Textil"

    Example: A valid certificate is under clause 4
      When it is 2025-10-01
      Then the public learns clause 4 about "Textil"

  @GEN-10
  Rule: Any day can be asked, also those before a certificate was concluded

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01 10:00
      And the account of "Textil" is blocked on 2025-10-01
      And the account of "Textil" is unblocked on 2025-10-20
      And "Textil" asks for its licence back on 2025-10-21
      And Ana and Bojan give "Textil" its licence back on 2025-10-25 10:00
      And "Textil" receives the renewal notice on 2026-03-15
      And "Textil" cancels by e-mail on 2026-04-20

    Example: Before there was one
      When it is 2026-07-01
      Then for 2025-06-01 09:59 the register has no certificate of "Textil"

    Scenario Outline: A life in the register
      When it is 2026-07-01
      Then for <day> the register shows "Textil" as <status>

      Examples:
        | day              | status              |
        | 2025-06-01 10:00 | valid               |
        | 2025-09-30       | valid               |
        | 2025-10-01 00:00 | revoked             |
        | 2025-10-25 09:59 | revoked             |
        | 2025-10-25 10:00 | valid               |
        | 2026-06-01       | valid               |
        | 2026-06-02 00:00 | cancelled at expiry |

  @DNB-9.5 @DNB-12.1
  Rule: Everybody sees which revision of a certificate holds and since when, and nobody outside why

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" points out a defect on 2025-10-01

    Example: Not before it is issued, and from then on
      Given D&B issues "Textil" a corrected certificate on 2025-10-10 09:00
      When it is 2025-12-01
      Then for 2025-10-10 08:59 the register shows no revision of "Textil"
      And for 2025-10-10 09:00 the register shows revision 1 of "Textil" since 2025-10-10 09:00
      And for 2025-11-01 the register shows revision 1 of "Textil" since 2025-10-10 09:00
      And the register shows "Textil" as valid
      And the public learns clause 4 about "Textil"

    Example: A second correction takes the place of the first
      Given D&B issues "Textil" a corrected certificate on 2025-10-10
      And "Textil" points out another defect on 2025-10-15
      And D&B issues "Textil" another corrected certificate on 2025-10-20
      When it is 2025-12-01
      Then for 2025-10-19 the register shows revision 1 of "Textil" since 2025-10-10
      And for 2025-10-20 the register shows revision 2 of "Textil" since 2025-10-20

    Example: It stays when the licence is lost
      Given D&B issues "Textil" a corrected certificate on 2025-10-10
      When the account of "Textil" is blocked on 2025-11-01
      Then the register shows "Textil" as revoked
      And for 2025-11-01 00:00 the register shows revision 1 of "Textil" since 2025-10-10

    Example: The next term has a document of its own
      Given D&B issues "Textil" a corrected certificate on 2025-10-10
      And "Textil" receives the renewal notice on 2026-03-15
      And "Textil" is assessed AAA for 2025 on 2026-05-15
      When it is 2026-06-02
      Then for 2026-06-01 the register shows revision 1 of "Textil" since 2025-10-10
      And for 2026-06-02 00:00 the register shows no revision of "Textil"

    Example: A defect that is only pointed out is nobody else's affair
      When it is 2025-12-01
      Then for 2025-11-01 the register shows no revision of "Textil"

    Example: A correction that is learned late shows from its own day on
      Given it is 2025-11-01
      When D&B issues "Textil" a corrected certificate on 2025-10-10, learned on 2025-11-01
      Then for 2025-10-09 the register shows no revision of "Textil"
      And for 2025-10-10 the register shows revision 1 of "Textil" since 2025-10-10

  @X-16
  Rule: Where several things hold, the register shows the first of an order

    Example: Annulled comes before everything
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And the account of "Textil" is blocked on 2025-10-01
      When the class of "Textil" turns out wrong on 2025-11-10
      Then the register shows "Textil" as annulled

    Example: The end of the contract comes before a loss that follows it
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" receives the renewal notice on 2026-03-15
      And "Textil" cancels by e-mail on 2026-04-20
      When the account of "Textil" is blocked on 2026-07-01
      Then the register shows "Textil" as cancelled at expiry

    Example: But not before a loss that was there already
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" receives the renewal notice on 2026-03-15
      And "Textil" cancels by e-mail on 2026-04-20
      And the account of "Textil" is blocked on 2026-05-10
      When it is 2026-07-01
      Then the register shows "Textil" as revoked

    Example: Revoked comes before suspended
      Given "Textil" holds an AAA certificate concluded on 2025-06-01
      And "Textil" was suspended on 2025-09-03 10:00 for misuse
      When the account of "Textil" is blocked on 2025-10-01
      Then the register shows "Textil" as revoked

    Example: Suspended comes before extended
      Given "Textil" holds an AAA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      And collection of the 2025 data opens on 2026-02-01
      When "Textil" is suspended on 2026-04-10 10:00 for misuse
      Then the register shows "Textil" as suspended

    Example: Extended comes before plainly valid
      Given "Textil" holds an AAA certificate concluded on 2025-03-31
      And "Textil" receives the renewal notice on 2026-01-15
      When collection of the 2025 data opens on 2026-02-01
      And it is 2026-04-01
      Then the register shows "Textil" as valid, extended
