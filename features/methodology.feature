Feature: Classes come from the method, and from nothing else
  What may count as a class, what may not, and what everybody is told who relies on a certificate.

  @DNB-M1
  Rule: An assessment counts if it rests on statements filed with the business registers agency

    Example: On the agency's statements
      When "Textil" is assessed AAA for 2024 on 2025-05-15 by statements from "APR"
      And the consensus with "Textil" is recorded on 2025-06-01
      Then the register shows "Textil" as valid

    Example: On somebody else's
      When "Textil" is assessed AAA for 2024 on 2025-05-15 by statements from "own-books"
      And the consensus with "Textil" is recorded on 2025-06-01
      Then "Textil" is not in the register
      And rule DNB-M1 is cited
      And rule DNB-3.1 is cited

  @DNB-M5
  Rule: The dynamic score changes daily, and changes neither class nor licence

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: The worst score
      When the dynamic score of "Textil" is "--" on 2025-07-01
      Then the register shows "Textil" as valid
      And nothing was decided about "Textil"

    Example: The best score after a blockade
      Given the account of "Textil" is blocked on 2025-07-01
      When the dynamic score of "Textil" is "++" on 2025-07-02
      Then the register shows "Textil" as revoked
      And nothing was decided about "Textil"

  @DNB-M9
  Rule: A class is certified for a year, and is A, AA or AAA

    Example: Two assessments of one year make one year of it
      When "Textil" is assessed AAA for 2023 on 2024-05-15
      And "Textil" is assessed AAA for 2024 on 2025-05-15
      And "Textil" is assessed AAA for 2024 on 2025-05-20
      Then "Textil" attains no special edition

    Example: Three years make the third
      When "Textil" is assessed AAA for 2022 on 2023-05-15
      And "Textil" is assessed AAA for 2023 on 2024-05-15
      And "Textil" is assessed AAA for 2024 on 2025-05-15
      Then "Textil" attains Gold

  @DNB-M10
  Rule: Scores of other kinds and schemes are no classes

    Example: A grade of the business registers agency
      When somebody reports "BB+" as the class of "Textil" for 2024 on 2025-05-15
      Then the report is rejected

    Example: A class of this scheme
      When somebody reports "AA" as the class of "Textil" for 2024 on 2025-05-15
      Then the report is recorded

  @DNB-2.2 @DNB-8.1 @DNB-13.3
  Rule: Whoever is shown a certificate is told that it is no credit rating, and that nobody answers for its use

    Background:
      Given "Textil" holds an AAA certificate concluded on 2025-06-01

    Example: In the register
      When it is 2025-07-01
      Then who asks the register for "Textil" is told so in Serbian and in English

    Example: In a letter
      When it is 2026-03-01
      Then a renewal notice to "Textil" says so in Serbian, and in English that the Serbian text has priority
