Feature: Invoices, what is owed on them, and damage
  Prices are in dinars and without tax. Who doesn't pay owes interest, fees and costs, but keeps certificate and mark.

  Background:
    Given "Textil" holds an AAA certificate concluded on 2025-06-01

  @DNB-5.1
  Rule: Prices are in dinars, with the tax shown apart

    Example: An invoice in dinars
      When D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17
      Then the invoice of "Textil" shows 30000.00 RSD and 6000.00 RSD of tax
      And "Textil" owes 36000.00 RSD

    Example: An invoice in euros is none
      When D&B invoices "Textil" on 2025-06-02 for 300.00 EUR and 60.00 EUR of tax, to be paid by 2025-06-17
      Then "Textil" has no invoice
      And what is told of "Textil" achieves nothing
      And rule DNB-5.1 is cited

    Example: An invoice on an order without a contract is none
      Given a company "Metal"
      When D&B invoices "Metal" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17
      Then "Metal" has no invoice
      And what is told of "Metal" achieves nothing
      And rule DNB-5.1 is cited

    Example: Nor is one for a renewal that is held, which nobody knows to come
      Given "Textil" is assessed AAA for 2025 on 2026-05-15
      When D&B invoices "Textil" on 2026-06-20 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2026-07-04
      Then "Textil" has no invoice
      And rule DNB-4.14 is cited

    Example: A payment in euros pays nothing
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17
      When "Textil" pays 36000.00 EUR on 2025-06-10
      Then "Textil" owes 36000.00 RSD

  @DNB-5.2
  Rule: Arrears bear default interest, reminder fees and the real costs of collecting

    Background:
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17

    Example: A reminder a minute too early has no fee
      When D&B reminds "Textil" on 2025-06-17 23:59 for a fee of 250.00 RSD
      Then "Textil" owes 36000.00 RSD
      And what is told of "Textil" achieves nothing

    Example: A reminder once it is overdue
      When D&B reminds "Textil" on 2025-06-18 00:00 for a fee of 250.00 RSD
      Then "Textil" owes 36250.00 RSD
      And rule DNB-5.2 is cited

    Example: Once everything is paid, a reminder has no fee
      Given "Textil" pays 36000.00 RSD on 2025-06-20
      When D&B reminds "Textil" on 2025-06-21 for a fee of 250.00 RSD
      Then "Textil" owes 0.00 RSD

    Example: Collecting costs what it really cost
      Given collecting from "Textil" costs 99.90 RSD for an inquiry on 2025-06-20
      When collecting from "Textil" costs 12000.00 RSD for a lawyer on 2025-06-21
      Then "Textil" owes 48099.90 RSD
      And rule DNB-5.2 is cited

    Example: There is nothing to collect before it is overdue
      When collecting from "Textil" costs 12000.00 RSD for a lawyer on 2025-06-17 23:59
      Then "Textil" owes 36000.00 RSD

    Example: Interest for thirty days, from the day after the last day to pay
      Given the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02
      When D&B claims default interest from "Textil" on 2025-07-17
      Then the default interest of "Textil" is 324.00 RSD
      And "Textil" owes 36324.00 RSD

    Example: A payment in part bears no interest from its own day on
      Given the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02
      And "Textil" pays 18000.00 RSD on 2025-07-03
      When D&B claims default interest from "Textil" on 2025-07-17
      Then the default interest of "Textil" is 243.00 RSD

    Example: Another rate holds from its own day on
      Given the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02
      And the rate of default interest is 21.90 per cent from 2025-07-03
      When D&B claims default interest from "Textil" on 2025-07-17
      Then the default interest of "Textil" is 486.00 RSD

    Example: A payment that is learned after the claim makes it less
      Given the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02
      And D&B claims default interest from "Textil" on 2025-07-17
      When "Textil" pays 18000.00 RSD on 2025-07-03, learned 2025-07-21
      Then the default interest of "Textil" is 243.00 RSD

    Example: On the last day to pay there is none yet
      Given the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02
      When D&B claims default interest from "Textil" on 2025-06-17 23:59
      Then default interest from "Textil" is refused

    Example: Without the rate of a day there is none, and the day is named
      Given the rate of default interest is 10.95 per cent from 2025-07-01
      When D&B claims default interest from "Textil" on 2025-07-17
      Then default interest from "Textil" is refused for want of the rate of 2025-06-18

    Example: A rate that is learned after the claim makes it right
      Given D&B claims default interest from "Textil" on 2025-07-17
      When the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-07-21
      Then the default interest of "Textil" is 324.00 RSD

  @DNB-5.3
  Rule: In court and in insolvency the holder also bears lawyers, inquiries and collection

    Background:
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17

    Example: A lawyer in bankruptcy, though the last day to pay lies ahead
      Given bankruptcy of "Textil" is opened on 2025-06-05
      When collecting from "Textil" costs 12000.00 RSD for a lawyer on 2025-06-06
      Then "Textil" owes 48000.00 RSD
      And rule DNB-5.3 is cited

    Example: A lawyer in forced settlement
      Given forced settlement of "Textil" is opened on 2025-06-05
      When collecting from "Textil" costs 12000.00 RSD for a lawyer on 2025-06-06
      Then rule DNB-5.3 is cited

    Example: The court's own costs
      Given it is 2025-07-01
      When collecting from "Textil" costs 4000.00 RSD for the court on 2025-07-02
      Then "Textil" owes 40000.00 RSD
      And rule DNB-5.3 is cited

    Example: Before any proceeding the costs are those of collecting arrears
      When collecting from "Textil" costs 12000.00 RSD for a lawyer on 2025-06-06
      Then "Textil" owes 36000.00 RSD
      And rule DNB-5.3 is not cited

  @DNB-5.4
  Rule: Invoices go electronically to the address that the holder names

    Background:
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17
      And "Textil" wants its invoices at "racuni@textil.rs" from 2025-06-02 on

    Example: To that address
      When the invoice of "Textil" goes to "racuni@textil.rs" on 2025-06-03
      Then nothing new has been decided

    Example: To another one
      When the invoice of "Textil" goes to "ana@textil.rs" on 2025-06-03
      Then staff are asked to send the invoice to the address named by "Textil"
      And rule DNB-5.4 is cited

    Example: To the address of before, after another was named
      Given "Textil" wants its invoices at "knjige@textil.rs" from 2025-06-03 on
      When the invoice of "Textil" goes to "racuni@textil.rs" on 2025-06-04
      Then staff are asked to send the invoice to the address named by "Textil"

  @DNB-5.5
  Rule: Invoices in the bank take a bank that offers them, and online banking

    Example: Both
      When "Textil", who banks online with a bank that offers them, asks for invoices there on 2025-06-03
      Then "Textil" receives its invoices in the bank
      And rule DNB-5.5 is cited

    Example: The bank offers none
      When "Textil", whose bank offers none, asks for invoices there on 2025-06-03
      Then "Textil" receives no invoices in the bank
      And rule DNB-5.5 is cited

    Example: No online banking
      When "Textil", who does not bank online, asks for invoices there on 2025-06-03
      Then "Textil" receives no invoices in the bank

  @DNB-5.6
  Rule: The invoice names its last day itself, and arrears suspend nothing

    Background:
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-15

    Example: The last day is the invoice's, though it is a Sunday
      When it is 2025-06-03
      Then "Textil" has to pay by 2025-06-15

    Example: In its last minute nothing is overdue
      When it is 2025-06-15 23:59
      Then the invoice of "Textil" is not overdue

    Example: Afterwards it goes to collection
      When it is 2025-06-16 00:00
      Then the invoice of "Textil" is overdue since 2025-06-16 00:00
      And staff are asked to collect the invoice of "Textil"
      And rule DNB-5.6 is cited

    Example: However long nobody pays, certificate and mark stay
      When it is 2026-03-01
      Then the register shows "Textil" as valid
      And "Textil" may use the mark

    Example: Paid in parts, the last of them on the last day
      Given "Textil" pays 16000.00 RSD on 2025-06-10
      When "Textil" pays 20000.00 RSD on 2025-06-15 23:59
      Then "Textil" owes 0.00 RSD
      And nobody is asked to collect the invoice of "Textil"

    Example: Paid in time, and learned late
      Given it is 2025-06-20
      When "Textil" pays 36000.00 RSD on 2025-06-14, learned 2025-06-20
      Then the invoice of "Textil" is not overdue
      And nobody is asked to collect the invoice of "Textil"

    Example: Who pays too much gets it back from a person
      When "Textil" pays 36000.01 RSD on 2025-06-10
      Then staff are asked to give back what was paid too much by "Textil"

  @DNB-7.7
  Rule: No measure releases the holder from an invoice

    Background:
      Given D&B invoices "Textil" on 2026-03-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2026-05-17

    Example: A suspended holder owes it still
      When "Textil" is suspended on 2026-04-03 10:00 for misuse
      Then the register shows "Textil" as suspended
      And "Textil" owes 36000.00 RSD

    Example: Nobody can have it made void because of a measure
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      When somebody wants the invoice of "Textil" to be void on 2026-04-04 because of a measure
      Then the invoice of "Textil" stays
      And "Textil" owes 36000.00 RSD
      And rule DNB-7.7 is cited

    Example: An error is another matter, and people's
      When somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      Then staff are asked to decide on the credit of "Textil"
      And "Textil" owes 36000.00 RSD
      And rule DNB-7.7 is not cited

  @DNB-7.7 @GEN-8
  Rule: Two people decide on a credit that was asked for, and no measure is ever a reason

    Background:
      Given D&B invoices "Textil" on 2026-03-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2026-05-17

    Example: All of the invoice
      Given somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan grant the credit of "Textil" on 2026-04-05
      Then "Textil" owes 0.00 RSD
      And nobody is asked to decide on the credit of "Textil"
      And rule GEN-8 is cited

    Example: All but one para
      Given somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan grant "Textil" a credit of 35999.99 RSD on 2026-04-05
      Then "Textil" owes 0.01 RSD

    Example: One para more than the invoice
      Given somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan grant "Textil" a credit of 36000.01 RSD on 2026-04-05
      Then "Textil" owes 36000.00 RSD
      And what is told of "Textil" achieves nothing
      And staff are asked to decide on the credit of "Textil"

    Example: Refused
      Given somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan refuse the credit of "Textil" on 2026-04-05
      Then "Textil" owes 36000.00 RSD
      And nobody is asked to decide on the credit of "Textil"

    Example: One person alone does not decide
      Given somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Ana grant the credit of "Textil" on 2026-04-05
      Then "Textil" owes 36000.00 RSD
      And what is told of "Textil" achieves nothing
      And staff are asked to decide on the credit of "Textil"

    Example: Not even two people release from an invoice because of a measure
      Given "Textil" was suspended on 2026-04-03 10:00 for misuse
      And somebody wants the invoice of "Textil" to be void on 2026-04-04 because of a measure
      When Ana and Bojan grant the credit of "Textil" on 2026-04-05
      Then "Textil" owes 36000.00 RSD
      And what is told of "Textil" achieves nothing
      And rule DNB-7.7 is cited

    Example: What was paid before is given back
      Given "Textil" pays 36000.00 RSD on 2026-03-10
      And somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan grant "Textil" a credit of 0.01 RSD on 2026-04-05
      Then staff are asked to give back what was paid too much by "Textil"

    Example: What is exactly covered by payment and credit is not
      Given "Textil" pays 35999.99 RSD on 2026-03-10
      And somebody wants the invoice of "Textil" to be void on 2026-04-04 because of an error
      When Ana and Bojan grant "Textil" a credit of 0.01 RSD on 2026-04-05
      Then "Textil" owes 0.00 RSD
      And nobody is asked to give back what was paid too much by "Textil"

  @DNB-5.2
  Rule: A credit bears no interest from its own day on, like a payment

    Background:
      Given D&B invoices "Textil" on 2025-06-02 for 30000.00 RSD and 6000.00 RSD of tax, to be paid by 2025-06-17
      And the rate of default interest is 10.95 per cent from 2025-01-01, learned 2025-06-02

    Example: Half of it, in the middle of the days
      Given somebody wants the invoice of "Textil" to be void on 2025-07-02 because of an error
      And Ana and Bojan grant "Textil" a credit of 18000.00 RSD on 2025-07-03
      When D&B claims default interest from "Textil" on 2025-07-17
      Then the default interest of "Textil" is 243.00 RSD

    Example: Before it is overdue, and nothing is left to be overdue
      Given somebody wants the invoice of "Textil" to be void on 2025-06-10 because of an error
      And Ana and Bojan grant the credit of "Textil" on 2025-06-17
      When it is 2025-06-18
      Then the invoice of "Textil" is not overdue
      And nobody is asked to collect the invoice of "Textil"

  @DNB-7.8
  Rule: The holder is liable for the damage that a misuse did

    Example: Damage in a case
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      When D&B claims 900000.00 RSD of damage from "Textil" on 2026-03-03
      Then "Textil" is held liable for 900000.00 RSD
      And rule DNB-7.8 is cited

    Example: Damage without a case
      When D&B claims 900000.00 RSD of damage from "Textil" on 2026-03-03
      Then "Textil" is held liable for nothing
      And what is told of "Textil" achieves nothing

    Example: An outsider answers by law, not by these terms
      Given a company "Metal"
      And alteration by "Metal" is reported on 2026-03-02 as case "M-1"
      When D&B claims 900000.00 RSD of damage from "Metal" on 2026-03-03
      Then "Metal" is held liable for nothing
      And rule DNB-7.9 is cited

  @DNB-7.8
  Rule: What was made good of the damage is no longer owed, and the matter is over when nothing is left

    Background:
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And D&B claims 900000.00 RSD of damage from "Textil" on 2026-03-03

    Example: One para less
      When "Textil" makes good 899999.99 RSD of the damage on 2026-03-10
      Then 0.01 RSD of the damage by "Textil" is left, and its matter is open
      And rule DNB-7.8 is cited

    Example: All of it
      When "Textil" makes good 900000.00 RSD of the damage on 2026-03-10
      Then nothing of the damage by "Textil" is left, and its matter is closed

    Example: In parts
      Given "Textil" makes good 400000.00 RSD of the damage on 2026-03-10
      And "Textil" makes good 499999.99 RSD of the damage on 2026-03-11
      When "Textil" makes good 0.01 RSD of the damage on 2026-03-12
      Then nothing of the damage by "Textil" is left, and its matter is closed

    Example: Another claim in the same case has to be covered as well
      Given "Textil" makes good 900000.00 RSD of the damage on 2026-03-10
      When D&B claims 50000.00 RSD of damage from "Textil" on 2026-03-11
      Then 50000.00 RSD of the damage by "Textil" is left, and its matter is open

    Example: Who makes good too much gets it back, and it covers no claim of later
      Given "Textil" makes good 900000.01 RSD of the damage on 2026-03-10
      And D&B claims 50000.00 RSD of damage from "Textil" on 2026-03-11
      Then staff are asked to give back what was made good too much by "Textil"
      And 50000.00 RSD of the damage by "Textil" is left, and its matter is open

    Example: Euros cover no dinars
      When "Textil" makes good 900000.00 EUR of the damage on 2026-03-10
      Then 900000.00 RSD of the damage by "Textil" is left, and its matter is open
      And what is told of "Textil" achieves nothing

  @DNB-7.8 @GEN-8
  Rule: Two people may waive what is left of the damage

    Background:
      Given alteration by "Textil" is reported on 2026-03-02 as case "M-1"
      And D&B claims 900000.00 RSD of damage from "Textil" on 2026-03-03
      And "Textil" makes good 300000.00 RSD of the damage on 2026-03-10

    Example: Two
      When Ana and Bojan waive the damage of "Textil" on 2026-03-11
      Then nothing of the damage by "Textil" is left, and its matter is closed
      And rule GEN-8 is cited

    Example: One alone
      When Ana and Ana waive the damage of "Textil" on 2026-03-11
      Then 600000.00 RSD of the damage by "Textil" is left, and its matter is open
      And what is told of "Textil" achieves nothing

    Example: A waiver of what was claimed before, not of what is claimed afterwards
      Given Ana and Bojan waive the damage of "Textil" on 2026-03-11
      When D&B claims 50000.00 RSD of damage from "Textil" on 2026-03-12
      Then 50000.00 RSD of the damage by "Textil" is left, and its matter is open
