Feature: The terms, and written departures from them
  The holder is bound by the terms that he accepted; who wants to depart from them agrees on it before, in writing.

  @DNB-1.1
  Rule: The contract keeps which terms the holder accepted

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30

    Example: Accepted with the confirmation
      When "Textil" accepts the terms "DNB-RS/1" on 2025-06-30 12:00
      Then the terms on record for "Textil" are "DNB-RS/1"
      And rule DNB-1.1 is cited

    Example: Later terms take their place
      Given "Textil" accepts the terms "DNB-RS/1" on 2025-06-30 12:00
      When "Textil" accepts the terms "DNB-RS/2" on 2025-09-01
      Then the terms on record for "Textil" are "DNB-RS/2"

    Example: The same terms once more
      Given "Textil" accepts the terms "DNB-RS/1" on 2025-06-30 12:00
      When "Textil" accepts the terms "DNB-RS/1" on 2025-09-01
      Then the step against "Textil" achieves nothing

  @DNB-1.2 @GEN-9
  Rule: A deviation binds if it was agreed before, in writing

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30

    Example: In a signed document, for what comes
      When "Textil" and D&B agree on 2026-01-10 in a signed document to depart from DNB-4.7 from 2026-01-10 on
      Then the deviation agreed with "Textil" binds
      And rule DNB-1.2 is cited

    Example: For what lies behind, if only by a day
      When "Textil" and D&B agree on 2026-01-10 in a signed document to depart from DNB-4.7 from 2026-01-09 on
      Then the deviation agreed with "Textil" does not bind

    Example: Before its day a cancellation by letter is none
      Given "Textil" and D&B agree on 2026-01-10 by an exchange of e-mails to depart from DNB-4.7 from 2026-02-01 on
      When "Textil" cancels by letter on 2026-01-31
      Then the cancellation of "Textil" lacks the agreed form

    Example: From its day on it counts
      Given "Textil" and D&B agree on 2026-01-10 by an exchange of e-mails to depart from DNB-4.7 from 2026-02-01 on
      When "Textil" cancels by letter on 2026-02-01
      Then the cancellation of "Textil" is accepted

    Example: From another sender too
      Given "Textil" and D&B agree on 2026-01-10 by an exchange of e-mails to depart from DNB-4.7 from 2026-02-01 on
      When "Textil" cancels on 2026-02-01 by an e-mail from "somebody@elsewhere.rs"
      Then the cancellation of "Textil" is accepted

    Example: A departure from a rule that the engine goes by is kept by people
      When "Textil" and D&B agree on 2026-01-10 in a signed document to depart from DNB-4.6 from 2026-02-01 on
      Then staff are asked to keep the deviation of "Textil"

  @DNB-13.1
  Rule: Serbian law governs, unless another was agreed on

    Background:
      Given "Textil" holds an AA certificate concluded on 2025-06-30

    Example: Another law was agreed on, and people look at what changes
      When "Textil" and D&B agree on 2026-01-10 in a signed document to depart from DNB-13.1 from 2026-02-01 on
      Then staff are asked to look at the law of "Textil"
      And rule DNB-13.1 is cited

    Example: Another deviation leaves the law as it is
      When "Textil" and D&B agree on 2026-01-10 in a signed document to depart from DNB-4.7 from 2026-02-01 on
      Then nobody is asked to look at the law of "Textil"
