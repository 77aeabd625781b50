"""The rules that every decision about a certificate rests on, each with its wording and its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Strength(StrEnum):
    """How far a rule binds whoever it speaks to."""

    MANDATORY = "mandatory"
    DISCRETIONARY = "discretionary"
    FACT = "fact"
    INFORMATIONAL = "informational"
    READING = "reading"


class Rule(StrEnum):
    """The id under which a scenario, a decision and an audit entry cite the same rule."""

    # general readings, which hold unless a rule says otherwise
    GEN_1 = "GEN-1"
    GEN_2 = "GEN-2"
    GEN_3 = "GEN-3"
    GEN_4 = "GEN-4"
    GEN_5 = "GEN-5"
    GEN_6 = "GEN-6"
    GEN_7 = "GEN-7"
    GEN_8 = "GEN-8"
    GEN_9 = "GEN-9"
    GEN_10 = "GEN-10"
    GEN_11 = "GEN-11"

    # D&B Serbia, clauses 1 and 2: scope and meaning of words
    DNB_1_1 = "DNB-1.1"
    DNB_1_2 = "DNB-1.2"
    DNB_2_1 = "DNB-2.1"
    DNB_2_2 = "DNB-2.2"
    DNB_2_3 = "DNB-2.3"
    DNB_2_4 = "DNB-2.4"
    DNB_2_5 = "DNB-2.5"
    DNB_2_6 = "DNB-2.6"
    DNB_2_7 = "DNB-2.7"
    DNB_2_8 = "DNB-2.8"
    DNB_2_9 = "DNB-2.9"

    # D&B Serbia, clauses 3 and 4: eligibility, order, term, renewal, upgrade
    DNB_3_1 = "DNB-3.1"
    DNB_4_1 = "DNB-4.1"
    DNB_4_2 = "DNB-4.2"
    DNB_4_3 = "DNB-4.3"
    DNB_4_4 = "DNB-4.4"
    DNB_4_5 = "DNB-4.5"
    DNB_4_6 = "DNB-4.6"
    DNB_4_7 = "DNB-4.7"
    DNB_4_8 = "DNB-4.8"
    DNB_4_9 = "DNB-4.9"
    DNB_4_10 = "DNB-4.10"
    DNB_4_11 = "DNB-4.11"
    DNB_4_12 = "DNB-4.12"
    DNB_4_13 = "DNB-4.13"
    DNB_4_14 = "DNB-4.14"
    DNB_4_15 = "DNB-4.15"

    # D&B Serbia, clause 5: price and payment
    DNB_5_1 = "DNB-5.1"
    DNB_5_2 = "DNB-5.2"
    DNB_5_3 = "DNB-5.3"
    DNB_5_4 = "DNB-5.4"
    DNB_5_5 = "DNB-5.5"
    DNB_5_6 = "DNB-5.6"

    # D&B Serbia, clause 6: licence of the mark, deliveries, use afterwards, loss
    DNB_6_1 = "DNB-6.1"
    DNB_6_2 = "DNB-6.2"
    DNB_6_3 = "DNB-6.3"
    DNB_6_4 = "DNB-6.4"
    DNB_6_5 = "DNB-6.5"
    DNB_6_6 = "DNB-6.6"
    DNB_6_7 = "DNB-6.7"
    DNB_6_8 = "DNB-6.8"
    DNB_6_9 = "DNB-6.9"
    DNB_6_10 = "DNB-6.10"
    DNB_6_11 = "DNB-6.11"
    DNB_6_12 = "DNB-6.12"
    DNB_6_13 = "DNB-6.13"
    DNB_6_14 = "DNB-6.14"
    DNB_6_15 = "DNB-6.15"
    DNB_6_16 = "DNB-6.16"
    DNB_6_17 = "DNB-6.17"

    # D&B Serbia, clause 7: the ladder of measures against misuse
    DNB_7_0 = "DNB-7.0"
    DNB_7_1 = "DNB-7.1"
    DNB_7_2 = "DNB-7.2"
    DNB_7_3 = "DNB-7.3"
    DNB_7_4 = "DNB-7.4"
    DNB_7_5 = "DNB-7.5"
    DNB_7_6 = "DNB-7.6"
    DNB_7_7 = "DNB-7.7"
    DNB_7_8 = "DNB-7.8"
    DNB_7_9 = "DNB-7.9"
    DNB_7_10 = "DNB-7.10"

    # D&B Serbia, clauses 8 to 14: liability, defects, property, data, secrecy, law, amendment
    DNB_8_1 = "DNB-8.1"
    DNB_9_1 = "DNB-9.1"
    DNB_9_2 = "DNB-9.2"
    DNB_9_3 = "DNB-9.3"
    DNB_9_4 = "DNB-9.4"
    DNB_9_5 = "DNB-9.5"
    DNB_10_1 = "DNB-10.1"
    DNB_10_2 = "DNB-10.2"
    DNB_11_1 = "DNB-11.1"
    DNB_11_2 = "DNB-11.2"
    DNB_12_1 = "DNB-12.1"
    DNB_12_2 = "DNB-12.2"
    DNB_13_1 = "DNB-13.1"
    DNB_13_2 = "DNB-13.2"
    DNB_13_3 = "DNB-13.3"
    DNB_14_1 = "DNB-14.1"
    DNB_14_2 = "DNB-14.2"
    DNB_14_3 = "DNB-14.3"

    # D&B Serbia, method
    DNB_M1 = "DNB-M1"
    DNB_M2 = "DNB-M2"
    DNB_M2A = "DNB-M2a"
    DNB_M2B = "DNB-M2b"
    DNB_M2C = "DNB-M2c"
    DNB_M2D = "DNB-M2d"
    DNB_M2E = "DNB-M2e"
    DNB_M2F = "DNB-M2f"
    DNB_M3 = "DNB-M3"
    DNB_M4 = "DNB-M4"
    DNB_M5 = "DNB-M5"
    DNB_M6 = "DNB-M6"
    DNB_M7 = "DNB-M7"
    DNB_M8 = "DNB-M8"
    DNB_M9 = "DNB-M9"
    DNB_M10 = "DNB-M10"

    # Bisnode, Bosnia and Herzegovina
    BIS_1 = "BIS-1"
    BIS_2 = "BIS-2"
    BIS_3 = "BIS-3"
    BIS_4 = "BIS-4"
    BIS_5 = "BIS-5"
    BIS_6 = "BIS-6"
    BIS_7 = "BIS-7"
    BIS_8 = "BIS-8"
    BIS_9 = "BIS-9"
    BIS_10 = "BIS-10"
    BIS_11 = "BIS-11"
    BIS_12 = "BIS-12"
    BIS_13 = "BIS-13"
    BIS_14 = "BIS-14"
    BIS_15 = "BIS-15"
    BIS_16 = "BIS-16"
    BIS_17 = "BIS-17"
    BIS_18 = "BIS-18"
    BIS_19 = "BIS-19"
    BIS_20 = "BIS-20"

    # Coface Excellent SME
    COF_1 = "COF-1"
    COF_2 = "COF-2"
    COF_3 = "COF-3"
    COF_4 = "COF-4"
    COF_5 = "COF-5"
    COF_6 = "COF-6"
    COF_7 = "COF-7"
    COF_8 = "COF-8"
    COF_9 = "COF-9"
    COF_10 = "COF-10"
    COF_11 = "COF-11"

    # APR scoring
    APR_1 = "APR-1"
    APR_2 = "APR-2"
    APR_3 = "APR-3"
    APR_4 = "APR-4"
    APR_5 = "APR-5"
    APR_6 = "APR-6"
    APR_7 = "APR-7"
    APR_8 = "APR-8"
    APR_9 = "APR-9"
    APR_10 = "APR-10"
    APR_11 = "APR-11"
    APR_12 = "APR-12"
    APR_13 = "APR-13"
    APR_14 = "APR-14"
    APR_15 = "APR-15"
    APR_16 = "APR-16"
    APR_17 = "APR-17"
    APR_18 = "APR-18"
    APR_19 = "APR-19"
    APR_20 = "APR-20"

    # credit management of an enterprise
    CRM_1 = "CRM-1"
    CRM_2 = "CRM-2"
    CRM_3 = "CRM-3"
    CRM_4 = "CRM-4"
    CRM_5 = "CRM-5"
    CRM_6 = "CRM-6"
    CRM_7 = "CRM-7"
    CRM_8 = "CRM-8"
    CRM_9 = "CRM-9"
    CRM_10 = "CRM-10"
    CRM_11 = "CRM-11"
    CRM_A = "CRM-A"

    # conflicts between clauses, as settled
    X_1 = "X-1"
    X_2 = "X-2"
    X_3 = "X-3"
    X_4 = "X-4"
    X_5 = "X-5"
    X_6 = "X-6"
    X_7 = "X-7"
    X_8 = "X-8"
    X_9 = "X-9"
    X_10 = "X-10"
    X_11 = "X-11"
    X_12 = "X-12"
    X_13 = "X-13"
    X_14 = "X-14"
    X_15 = "X-15"
    X_16 = "X-16"
    X_17 = "X-17"
    X_18 = "X-18"
    X_19 = "X-19"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a rule says, how far it binds, and where it is written.

    `clause` is the clause of the general terms the rule rests on, with its paragraph where clauses have
    several ("4 ¶3"); `source` is document:line, counted in the originals. Either is empty where there is
    none: a reading has no line of its own.
    """

    wording: str
    strength: Strength
    clause: str
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that was not carried out: the rule against it and what that rule met here."""

    rule: Rule
    reason: str


def wording(rule: Rule) -> str:
    """Say the rule in one plain English sentence."""
    return RULES[rule].wording


def public_clause(rule: Rule) -> str:
    """Name the top-level clause of the terms ("4", "6", "7"), which is all that outsiders learn (DNB-12.1).

    Empty for a rule that rests on no clause: the method, and the schemes without terms of their own.
    """
    return RULES[rule].clause.partition(" ")[0]


_M = Strength.MANDATORY
_D = Strength.DISCRETIONARY
_F = Strength.FACT
_I = Strength.INFORMATIONAL
_R = Strength.READING

# A rule takes two lines, the wording last; the formatter would spread it over seven.
# fmt: off
_TABLE: tuple[tuple[Rule, Strength, str, str, str], ...] = (
    # general readings, which hold unless a rule says otherwise
    (Rule.GEN_1, _R, "13", "",
     "Legal time is Belgrade's, for Bosnian certificates Sarajevo's; the instant and the local day are kept"),
    (Rule.GEN_2, _R, "", "",
     "Plain days are calendar days counted from the next; a last day off yields to the next working day"),
    (Rule.GEN_3, _R, "", "001:250, 281",
     "A working day is Monday to Friday and no public holiday; the count begins on the next one"),
    (Rule.GEN_4, _R, "7 ¶1", "001:280-281",
     "Forty-eight hours are elapsed hours: nights, weekends and holidays count and shift nothing"),
    (Rule.GEN_5, _R, "", "",
     "A term of N days before a day ends with the Nth day before it, holiday or not"),
    (Rule.GEN_6, _R, "", "",
     "A term in months ends on the day of the same number, else on the last day of that month"),
    (Rule.GEN_7, _R, "", "001:220, 228, 280",
     "A holder's e-mail counts from its sending, an issuer's demand from its receipt"),
    (Rule.GEN_8, _R, "", "",
     "What the issuer may do waits for a person; what the terms do by themselves takes effect at once"),
    (Rule.GEN_9, _R, "", "001:181, 334",
     "A prior written deviation outranks a clause, a clause the method, the method the brochure"),
    (Rule.GEN_10, _R, "", "",
     "A fact from outside names its source and both its times, and can be retracted later"),
    (Rule.GEN_11, _R, "14", "",
     "Every event names the edition of the terms and of the policy in force on its effective day"),

    # D&B Serbia, clauses 1 and 2: scope and meaning of words
    (Rule.DNB_1_1, _M, "1", "001:181",
     "The holder accepts these terms entirely; the contract keeps which edition he accepted"),
    (Rule.DNB_1_2, _M, "1", "001:181",
     "A deviation binds only when both sides put it in writing beforehand"),
    (Rule.DNB_2_1, _F, "2", "001:189",
     "Certificate stands for every D&B product sold under these terms"),
    (Rule.DNB_2_2, _M, "2", "001:191",
     "Nothing issued here may pass for a credit rating under Regulation (EC) 1060/2009"),
    (Rule.DNB_2_3, _F, "2", "001:193",
     "The classes of excellence are A, AA and AAA; anything else is not eligible"),
    (Rule.DNB_2_4, _F, "2", "001:195",
     "Silver needs three consecutive years in any of the classes A, AA or AAA"),
    (Rule.DNB_2_5, _F, "2", "001:197",
     "Gold needs three consecutive years of class AAA"),
    (Rule.DNB_2_6, _F, "2", "001:199",
     "Platinum needs Gold in three consecutive years"),
    (Rule.DNB_2_7, _F, "2", "",
     "Platinum contains Gold and Gold contains Silver; the highest attained is offered"),
    (Rule.DNB_2_8, _F, "2", "",
     "A year with no class, or with no assessment, starts the count of years again"),
    (Rule.DNB_2_9, _F, "2", "001:201",
     "Mark stands for D&B's trademarks of excellence"),

    # D&B Serbia, clauses 3 and 4: eligibility, order, term, renewal, upgrade
    (Rule.DNB_3_1, _M, "3", "001:207",
     "Only a business that qualifies under D&B's method receives a certificate"),
    (Rule.DNB_4_1, _M, "4 ¶1", "001:215",
     "An order by telephone follows a confirmed offer and is itself confirmed before anything is issued"),
    (Rule.DNB_4_2, _M, "4 ¶1", "001:216",
     "Without a call, an order needs the evidenced agreement of D&B and the holder"),
    (Rule.DNB_4_3, _M, "4 ¶2", "001:218",
     "The contract runs for 12 months"),
    (Rule.DNB_4_4, _M, "4 ¶2", "001:218",
     "A contract ending while new financial data are gathered lives on until they are in"),
    (Rule.DNB_4_5, _M, "4 ¶3", "001:220",
     "An order nobody cancelled renews by itself for the class or edition then attained"),
    (Rule.DNB_4_6, _M, "4 ¶3", "001:220",
     "The holder can cancel the renewal until 30 days before the end of the contract"),
    (Rule.DNB_4_7, _M, "4 ¶3", "001:220",
     "A cancellation is an e-mail to aaa.rs@dnb.com"),
    (Rule.DNB_4_8, _M, "4 ¶4", "001:222",
     "A holder who no longer qualifies is not renewed, whatever he ordered"),
    (Rule.DNB_4_9, _M, "4 ¶3", "001:220",
     "The renewed certificate shows the class attained now, be it lower; a lost edition becomes its class"),
    (Rule.DNB_4_10, _M, "4 ¶5", "001:224",
     "Who first qualifies for a special edition renews as before and gets the edition only by agreement"),
    (Rule.DNB_4_11, _M, "4 ¶6", "001:226",
     "60 days ahead, D&B e-mails the holder about the end, the class and any special edition"),
    (Rule.DNB_4_12, _M, "4 ¶7", "001:228",
     "Where data outside D&B's control come too late for the 60 days, it tells the holder at once"),
    (Rule.DNB_4_13, _M, "4 ¶7", "001:228",
     "A holder who was told late has 15 days to cancel by e-mail"),
    (Rule.DNB_4_14, _R, "4 ¶7", "",
     "With no notice at all, renewal and invoice wait for the late notice and its 15 days"),
    (Rule.DNB_4_15, _M, "4 ¶3", "001:220",
     "aaa.rs@dnb.com is a legal mailbox: all it receives is kept, acknowledged and assigned"),

    # D&B Serbia, clause 5: price and payment
    (Rule.DNB_5_1, _F, "5", "001:234",
     "Prices are net amounts in dinars; VAT is added and shown apart"),
    (Rule.DNB_5_2, _D, "5", "001:236",
     "From a holder in breach D&B may claim default interest, reminder fees and real collection costs"),
    (Rule.DNB_5_3, _M, "5", "001:236",
     "In court, insolvency and winding-up the holder also bears lawyers, inquiries and collection"),
    (Rule.DNB_5_4, _M, "5", "001:238",
     "Invoices go out electronically, to the address the holder names"),
    (Rule.DNB_5_5, _M, "5", "001:238",
     "An e-invoice in the bank takes an online-banking client of a bank that offers it"),
    (Rule.DNB_5_6, _F, "5", "",
     "The terms name no due date, and arrears alone suspend nothing"),

    # D&B Serbia, clause 6: licence of the mark, deliveries, use afterwards, loss
    (Rule.DNB_6_1, _M, "6 ¶1", "001:244",
     "The order licenses the holder to use the mark as the terms allow"),
    (Rule.DNB_6_2, _M, "6 ¶2", "001:246",
     "The mark is shown as delivered: no alteration and no redesign"),
    (Rule.DNB_6_3, _M, "6 ¶2", "001:246",
     "Nobody registers the mark as a trademark or part of one, at home or abroad"),
    (Rule.DNB_6_4, _M, "6 ¶3", "001:248",
     "Vector artwork needs an Exclusive, Silver, Gold or Platinum package or its own order"),
    (Rule.DNB_6_5, _M, "6 ¶4", "001:250",
     "D&B e-mails the artwork to the holder's representative within 3 working days of the agreement"),
    (Rule.DNB_6_6, _M, "6 ¶5", "001:252",
     "The rest of the package reaches the company by courier within 30 days of the contract"),
    (Rule.DNB_6_7, _M, "6 ¶5", "001:252",
     "When delivery becomes impossible, D&B says so and names the new day"),
    (Rule.DNB_6_8, _M, "6 ¶6", "001:256",
     "The mark advertises the holder's own business and nobody else's"),
    (Rule.DNB_6_9, _M, "6 ¶7", "001:258",
     "Once the certified period is over, the vector mark must carry that period's year, readably"),
    (Rule.DNB_6_10, _M, "6 ¶8", "001:260",
     "An old mark shows the grade of its own period, not an earlier or later one"),
    (Rule.DNB_6_11, _M, "6 ¶9", "001:262",
     "The holder keeps the package, but the e-sign and the logo on D&B's site end after one year"),
    (Rule.DNB_6_12, _M, "6 ¶10", "001:266",
     "The licence is lost when the company no longer exists"),
    (Rule.DNB_6_13, _M, "6 ¶10", "001:266",
     "The licence is lost when insolvency proceedings are opened"),
    (Rule.DNB_6_14, _M, "6 ¶10", "001:267",
     "The licence is lost on the day the company's account is blocked"),
    (Rule.DNB_6_15, _M, "6 ¶10", "001:268",
     "Use against the terms or other usage rules is a ground for taking the licence"),
    (Rule.DNB_6_16, _M, "6 ¶11", "001:272",
     "Who loses the licence ends every use of the mark at once"),
    (Rule.DNB_6_17, _M, "6 ¶11", "001:272",
     "Who loses the licence clears the mark from everything within three days and pays for it"),

    # D&B Serbia, clause 7: the ladder of measures against misuse
    (Rule.DNB_7_0, _D, "7 ¶1", "001:278",
     "A suspicion of misuse is enough for D&B to open a case"),
    (Rule.DNB_7_1, _D, "7 ¶1", "001:280",
     "First measure: a written warning with 48 hours to stop"),
    (Rule.DNB_7_2, _R, "7 ¶1", "",
     "Who stops within the 48 hours is not sanctioned, but the violation is remembered"),
    (Rule.DNB_7_3, _D, "7 ¶1", "001:281",
     "Second measure: after 48 hours unheeded the licence is suspended, with 7 working days to stop"),
    (Rule.DNB_7_4, _R, "7 ¶1", "",
     "Who stops within the 7 working days has the licence back"),
    (Rule.DNB_7_5, _D, "7 ¶1", "001:282",
     "Third measure: the licence is withdrawn for good if the violation outlasts 7 working days or recurs"),
    (Rule.DNB_7_6, _D, "7 ¶1", "001:282",
     "A new violation after one that had ended may lead straight to permanent withdrawal"),
    (Rule.DNB_7_7, _M, "7 ¶2", "001:284",
     "No measure releases the holder from invoices already issued"),
    (Rule.DNB_7_8, _M, "7 ¶3", "001:286",
     "The holder answers for all harm done to D&B, its affiliates, its clients and other businesses"),
    (Rule.DNB_7_9, _R, "7 ¶1", "",
     "The ladder is for holders; anyone else's use is an infringement under clause 10"),
    (Rule.DNB_7_10, _R, "7 ¶1", "",
     "Except for a repeated violation, nobody skips the 48 hours"),

    # D&B Serbia, clauses 8 to 14: liability, defects, property, data, secrecy, law, amendment
    (Rule.DNB_8_1, _M, "8", "001:292",
     "D&B does not answer for what others decide because a company is certified"),
    (Rule.DNB_9_1, _M, "9", "001:298",
     "A holder who sees an error in the certificate reports it or asks about it"),
    (Rule.DNB_9_2, _M, "9", "001:298",
     "For an error of D&B's own making both sides settle a reasonable time to mend it"),
    (Rule.DNB_9_3, _M, "9", "001:300",
     "An error not mended in the agreed time lets the holder leave the contract"),
    (Rule.DNB_9_4, _M, "9", "001:302",
     "Where statute needs no extra time, the holder can leave the contract directly"),
    (Rule.DNB_9_5, _R, "9", "",
     "A corrected certificate replaces the faulty one for the same period under a new revision"),
    (Rule.DNB_10_1, _F, "10", "001:308",
     "The intellectual property is D&B's alone; a holder merely has leave to use it"),
    (Rule.DNB_10_2, _M, "10", "001:310",
     "Whoever uses the mark without leave infringes D&B's rights"),
    (Rule.DNB_11_1, _M, "11", "001:316",
     "The holder protects personal data met through the service as data protection law demands"),
    (Rule.DNB_11_2, _M, "11", "001:318",
     "The holder tells employees when D&B processes data about them"),
    (Rule.DNB_12_1, _M, "12", "001:324",
     "What is marked secret, or would plainly harm if known, stays between the parties"),
    (Rule.DNB_12_2, _M, "12", "001:324",
     "A secret leaves only by consent, contract, law or an authority's demand"),
    (Rule.DNB_13_1, _M, "13", "001:330",
     "Serbian law governs unless the parties expressly chose another"),
    (Rule.DNB_13_2, _M, "13", "001:332",
     "Disputes are first settled amicably and only then before the Belgrade court"),
    (Rule.DNB_13_3, _M, "13", "001:334",
     "When translations differ, the Serbian wording decides"),
    (Rule.DNB_14_1, _D, "14", "001:340",
     "D&B may change the terms and tells holders in its customary way"),
    (Rule.DNB_14_2, _M, "14", "001:342",
     "A material change to a holder's disadvantage is announced 30 days ahead"),
    (Rule.DNB_14_3, _M, "14", "001:342",
     "A holder faced with such a change can leave on the day it takes effect"),

    # D&B Serbia, method
    (Rule.DNB_M1, _M, "", "001:352",
     "The financial score rests only on last year's statements filed with the APR"),
    (Rule.DNB_M2, _F, "", "001:354",
     "Six indicators are defined although five are announced; all six are kept"),
    (Rule.DNB_M2A, _F, "", "001:360",
     "UDUF: long-term and short-term liabilities as a percentage of total assets"),
    (Rule.DNB_M2B, _F, "", "001:368",
     "PS: current assets with prepayments, over short-term liabilities with deferrals"),
    (Rule.DNB_M2C, _F, "", "001:376",
     "SD: total revenue less total expenses plus depreciation, over total expenses"),
    (Rule.DNB_M2D, _F, "", "001:384",
     "KI: short-term trade receivables over operating revenue"),
    (Rule.DNB_M2E, _F, "", "001:392",
     "ROA: operating result over the two-year average of assets, as a percentage"),
    (Rule.DNB_M2F, _F, "", "001:400",
     "KOS: total revenue over the two-year average of assets"),
    (Rule.DNB_M3, _F, "", "001:404",
     "Size has ten bands by assets and ten by revenue, 1 the smallest and 10 the largest"),
    (Rule.DNB_M4, _F, "", "001:406",
     "Standardised indicators become points, and points become the rating"),
    (Rule.DNB_M5, _M, "", "001:412",
     "The dynamic score moves daily and by itself changes neither class nor licence"),
    (Rule.DNB_M6, _F, "", "001:414",
     "Finances, profile, lawsuits and blockades weigh most in the dynamic score; trade and place less"),
    (Rule.DNB_M7, _M, "", "001:422",
     "The model foresees 12 months: closure, insolvency, tax default, a blockade beyond 90 days"),
    (Rule.DNB_M8, _M, "", "001:420, 428-431",
     "70 of over 300 variables count, in four modules; blockades of the last 365 days are one"),
    (Rule.DNB_M9, _M, "", "001:3, 21",
     "Certification happens once a year, for A, AA or AAA"),
    (Rule.DNB_M10, _M, "", "001:346",
     "Each score answers its own question; scores of different kinds are never mixed"),

    # Bisnode, Bosnia and Herzegovina
    (Rule.BIS_1, _F, "", "002:8, 35",
     "The class rests on the last fiscal year's report and speaks for the next 12 months"),
    (Rule.BIS_2, _F, "", "002:39-41",
     "In Bosnia and Herzegovina A is high excellence, AA higher and AAA the highest"),
    (Rule.BIS_3, _M, "", "002:21, 79",
     "Certificates go only to checked companies that meet the criteria and prove excellent"),
    (Rule.BIS_4, _M, "", "002:67-73",
     "A class is met when all its criteria are; the highest class met is awarded"),
    (Rule.BIS_5, _F, "", "002:43-47",
     "Bad ends within 12 months: insolvency, deletion, or an unbroken blockade past 60 or 90 days"),
    (Rule.BIS_6, _F, "", "002:29",
     "A Bosnian Gold takes the highest grade three years running; no other edition is known"),
    (Rule.BIS_7, _I, "", "002:81",
     "Anybody may ask for a company's class at info.ba@bisnode.com"),
    (Rule.BIS_8, _I, "", "002:85-86",
     "Every Bosnian holder's logo appears on the site and in boniteti.com"),
    (Rule.BIS_9, _F, "", "002:90",
     "The model's sample had 2 employees, 100,000 BAM revenue and positive capital or more"),
    (Rule.BIS_10, _F, "", "002:90",
     "Qualitative standards join the statistics, and unnamed further ones decide excellence"),
    (Rule.BIS_11, _M, "", "002:96, 138",
     "The rating A to E takes only last year's data filed with FIA or APIF, and is no class"),
    (Rule.BIS_12, _F, "", "002:98-134",
     "Of six indicators three are given: UOF, KS, and one labelled ROA that is asset turnover"),
    (Rule.BIS_13, _F, "", "002:136",
     "Bosnian size groups: ten by assets, ten by revenue, from 1 as smallest"),
    (Rule.BIS_14, _F, "", "002:144-156",
     "The Bosnian dynamic grade changes daily, from seven kinds of input"),
    (Rule.BIS_15, _F, "", "002:162-171",
     "The excellence model uses 70 of 300 variables and fears a blockade over 90 days in 12 months"),
    (Rule.BIS_16, _M, "", "002:191",
     "Ordering by the form binds, and declares the general terms and privacy statement known"),
    (Rule.BIS_17, _M, "", "002:191",
     "The orderer lets public register data appear on bisnode.ba and related products"),
    (Rule.BIS_18, _M, "", "002:191",
     "Personal data follow Bosnian law, with a right to see, correct, change and update them"),
    (Rule.BIS_19, _M, "", "002:191",
     "Consent survives a new name or seat of the issuer and passes to its successors"),
    (Rule.BIS_20, _F, "", "002",
     "Bosnia has no rule here on term, renewal, notice, ladder or loss; Serbia's do not apply"),

    # Coface Excellent SME
    (Rule.COF_1, _M, "", "000:7",
     "Issued when turnover is at least 4,000,000 RSD and the Coface rating at least 6"),
    (Rule.COF_2, _F, "", "000:7",
     "The score weighs payment habits, future risk and the odds of bankruptcy within 12 months"),
    (Rule.COF_3, _M, "", "000:7",
     "An Excellent SME certificate lasts one year from its issue"),
    (Rule.COF_4, _M, "", "000:7",
     "Validity needs Coface's unbroken watch over the company's financial data"),
    (Rule.COF_5, _D, "", "000:7",
     "A score under 6 allows revocation but does not impose it"),
    (Rule.COF_6, _R, "", "000:7",
     "Turnover is tested at issue only, not while the certificate runs"),
    (Rule.COF_7, _R, "", "000",
     "Nothing renews by itself; a new certificate follows a new check"),
    (Rule.COF_8, _F, "", "000:9",
     "Coface rates, the Serbian Chamber of Commerce issues, Connet supplies the technology"),
    (Rule.COF_9, _F, "", "000:5, 15",
     "Only small and medium enterprises can hold it"),
    (Rule.COF_10, _F, "", "000:17",
     "Nine more countries run the scheme, each with thresholds of its own"),
    (Rule.COF_11, _I, "", "000:15",
     "Holders gain visibility, contacts, training and technical protection"),

    # APR scoring
    (Rule.APR_1, _M, "", "003:5",
     "A scoring takes the regular annual statements of five years, and never fewer than three"),
    (Rule.APR_2, _F, "", "003:5",
     "Illiquid days of 12 months, bans on accounts and the sector's trend count as well"),
    (Rule.APR_3, _M, "", "003:7",
     "The scoring is a report: the company's grade, its sector's, and five years of data"),
    (Rule.APR_4, _F, "", "003:9",
     "Five levels hold eleven grades, from AA down through BB, CC and DD to EE"),
    (Rule.APR_5, _F, "", "003:9",
     "Three further levels are specific and have no published code"),
    (Rule.APR_6, _M, "", "003:9",
     "Legal proceedings, long illiquidity, missing data or a recent start give a status mark, not a grade"),
    (Rule.APR_7, _M, "", "003:11",
     "A scoring lives until next year's statements have been processed in preliminary aggregate"),
    (Rule.APR_8, _D, "", "003:11",
     "The Agency may end a scoring early on any of five grounds, such as insolvency or illiquidity"),
    (Rule.APR_9, _M, "", "003:13",
     "The Agency publishes every scoring issued and the day it ceased"),
    (Rule.APR_10, _M, "", "003:15",
     "In bankruptcy or liquidation only the company itself can request its scoring"),
    (Rule.APR_11, _M, "", "003:15",
     "Branches of foreign entities and deleted companies get no scoring"),
    (Rule.APR_12, _F, "", "003:19",
     "Anybody can buy a scoring, in Serbian or in English"),
    (Rule.APR_13, _F, "", "003:21",
     "How a request reaches the Agency is left open by the text"),
    (Rule.APR_14, _M, "", "003:23",
     "A correct request is answered with account, reference and amount to pay"),
    (Rule.APR_15, _M, "", "003:23",
     "Nothing is issued before the payment shows in the Agency's daily records"),
    (Rule.APR_16, _M, "", "003:23",
     "Who falls under the e-invoicing law must first accept the advance invoice"),
    (Rule.APR_17, _M, "", "003:23",
     "The requester picks delivery in person, by post or by e-mail"),
    (Rule.APR_18, _M, "", "003:25",
     "There is one ordinary procedure; same-day urgency cannot be requested"),
    (Rule.APR_19, _M, "", "003:27",
     "A scoring is electronic; a paper copy on request raises the fee by 20 %"),
    (Rule.APR_20, _M, "", "003:27",
     "Paper is handed over or posted, never e-mailed"),

    # credit management of an enterprise
    (Rule.CRM_1, _I, "", "004:5",
     "Keep contracts in one managed system"),
    (Rule.CRM_2, _I, "", "004:7",
     "Keep the client informed in time, so that trust grows"),
    (Rule.CRM_3, _I, "", "004:9",
     "Study the demand before taking an order, against business risk"),
    (Rule.CRM_4, _I, "", "004:11",
     "Name who answers for credit inside the house, and review it regularly"),
    (Rule.CRM_5, _I, "", "004:17",
     "Weakness: sales staff control credit, for want of a separate department"),
    (Rule.CRM_6, _I, "", "004:19",
     "Weakness: customers are not followed over time and collection goes unchecked"),
    (Rule.CRM_7, _I, "", "004:23",
     "Within 2 months senior leaders train sales, finance and management"),
    (Rule.CRM_8, _I, "", "004:23",
     "Within 2 months all credit information on customers is gathered and archived"),
    (Rule.CRM_9, _I, "", "004:23",
     "Within 2 months long-overdue and ill-reputed accounts are found and pursued first"),
    (Rule.CRM_10, _I, "", "004:25",
     "Within 4 months a credit department stands, with staff, policies and procedures"),
    (Rule.CRM_11, _I, "", "004:27",
     "A transition of about one year tests the measures and leaves a settled system"),
    (Rule.CRM_A, _R, "", "",
     "The 2, 4 and 12 months all run from the start of the plan"),

    # conflicts between clauses, as settled
    (Rule.X_1, _R, "7", "",
     "Misuse goes through the ladder of clause 7 and is no automatic loss"),
    (Rule.X_2, _R, "7", "",
     "A suspended holder stops at once and has the 7 working days for removal"),
    (Rule.X_3, _R, "6", "",
     "Losing the licence ends later use with the year too; a plain expiry keeps it"),
    (Rule.X_4, _R, "6", "",
     "Any blockade costs the licence; 60 and 90 days are only a warning and a model event"),
    (Rule.X_5, _R, "4", "",
     "An edition already held renews by itself, a first one by agreement"),
    (Rule.X_6, _R, "4", "",
     "Cancelling within 30 days before the end means no later than the 30th day before"),
    (Rule.X_7, _R, "4", "",
     "The 60 days of notice are counted back from the end of the contract"),
    (Rule.X_8, _R, "4", "",
     "An extension makes the notice already sent stale: a late one follows, with its 15 days"),
    (Rule.X_9, _R, "7", "",
     "Persisting and repeating are each enough for permanent withdrawal"),
    (Rule.X_10, _R, "7", "",
     "Suspension follows a lapsed warning by itself unless somebody defers it with a reason"),
    (Rule.X_11, _R, "2", "",
     "Clause 2, not the product card, says what Gold and Platinum take"),
    (Rule.X_12, _R, "2", "",
     "Three Golds in a row are five AAA years, attained and not necessarily ordered"),
    (Rule.X_13, _R, "", "",
     "The Bosnian table of criteria prevails over the model's sample limits"),
    (Rule.X_14, _R, "", "",
     "The Bosnian class A and the financial rating A to E are two different things"),
    (Rule.X_15, _R, "", "",
     "Formulas prevail over prose: six indicators, and the return on assets times 100"),
    (Rule.X_16, _R, "6", "",
     "A blockade revokes the entry in the register; class, contract and debts stay as they are"),
    (Rule.X_17, _R, "4", "",
     "A blockade at renewal calls for a new assessment; permanent withdrawal holds the renewal"),
    (Rule.X_18, _R, "", "",
     "Names of private persons are kept out of the events"),
    (Rule.X_19, _R, "", "",
     "Under an unchanged registration number a new name corrects the certificate"),
)
# fmt: on

RULES: Mapping[Rule, Statement] = MappingProxyType(
    {rule: Statement(text, strength, clause, source) for rule, strength, clause, source, text in _TABLE}
)

# Beside the discretionary ones: rules that bind, and whose application a person decides or carries out.
STAFFS = frozenset(
    {
        *(Rule.DNB_1_2, Rule.DNB_4_7, Rule.DNB_4_15, Rule.DNB_6_2, Rule.DNB_6_3, Rule.DNB_6_8, Rule.DNB_6_15),
        *(Rule.DNB_7_2, Rule.DNB_7_4, Rule.DNB_7_8, Rule.DNB_7_9),
        *(Rule.DNB_9_1, Rule.DNB_9_2, Rule.DNB_9_5, Rule.DNB_10_2, Rule.DNB_12_2, Rule.DNB_13_2),
        *(Rule.GEN_8, Rule.X_9, Rule.X_17),
    }
)
