Feature: Decisions of two people
  What takes two people is proposed by one and signed by another, each in person.

  Background:
    Given "Textil" attained AAA for 2022 to 2024
    And "Textil" holds a certificate concluded on 2025-06-01
    And the account of "Textil" is blocked on 2025-10-01
    And the account of "Textil" is unblocked on 2025-10-20
    And "Textil" asks for its licence back on 2025-10-21
    And it is 2025-10-25 10:00

  @GEN-8
  Rule: Who signs is who acts: one proposes, and another signs the very same

    Example: What one person wants waits for another
      When Ana wants to give "Textil" its licence back
      Then the wish is not refused
      And the register shows "Textil" as revoked
      And a second signature is awaited from others than Ana about "Textil"

    Example: With the second signature it is decided
      Given Ana wants to give "Textil" its licence back
      And it is 2025-10-26 09:00
      When Bojan wants to give "Textil" its licence back
      Then the wish is not refused
      And the register shows "Textil" as valid since 2025-10-26 09:00
      And no second signature is awaited about "Textil"

    Example: Nobody signs what he has proposed himself
      Given Ana wants to give "Textil" its licence back
      When Ana wants to give "Textil" its licence back
      Then the wish is refused by rule GEN-8, and the attempt of Ana is kept
      And the register shows "Textil" as revoked

    Example: Nobody signs in somebody else's name
      When Ana wants to give "Textil" its licence back, signed by Bojan and Mira
      Then the wish is refused by rule GEN-8, and the attempt of Ana is kept
      And the register shows "Textil" as revoked

    Example: Nobody brings the other's signature along
      When Ana wants to give "Textil" its licence back, signed by Ana and Bojan
      Then the wish is refused by rule GEN-8, and the attempt of Ana is kept
      And the register shows "Textil" as revoked

    Example: Who signs something else than was proposed has signed nothing
      Given Ana wants to give "Textil" its licence back
      When Bojan wants to refuse "Textil" its licence
      Then the wish is refused by rule GEN-8, and the attempt of Bojan is kept
      And a second signature is awaited from others than Ana about "Textil"

    Example: What is given up can't be signed any more
      Given Ana wants to give "Textil" its licence back
      And it is 2025-10-25 11:00
      And Bojan drops what was proposed about "Textil"
      And it is 2025-10-25 12:00
      When Bojan wants to give "Textil" its licence back
      Then the wish is not refused
      And the register shows "Textil" as revoked
      And a second signature is awaited from others than Bojan about "Textil"

    Example: What the rules refuse can't be proposed either
      When Ana wants to give "Textil" its licence back without a written agreement
      Then the wish is refused by rule DNB-6.14, and the attempt of Ana is kept

  @GEN-8
  Rule: What two people decided, nobody takes back alone

    Example: One person's retraction achieves nothing
      Given Ana and Bojan give "Textil" its licence back on 2025-10-25 12:00
      When somebody retracts what two people decided about "Textil" on 2025-10-27
      Then the register shows "Textil" as valid
      And rule GEN-8 is cited

    Example: Two people's does
      Given Ana and Bojan give "Textil" its licence back on 2025-10-25 12:00
      When Ana and Mira retract what two people decided about "Textil" on 2025-10-27
      Then the register shows "Textil" as revoked

    Example: At the desk one person's wish to take it back waits for another
      Given Ana and Bojan give "Textil" its licence back on 2025-10-25 12:00
      And it is 2025-10-27
      When Mira wants to retract what two people decided about "Textil"
      Then the wish is not refused
      And the register shows "Textil" as valid
      And a second signature is awaited from others than Mira about "Textil"
