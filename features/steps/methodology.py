"""The sentences about the method, and about what everybody is told."""

from datetime import datetime

from pytest_bdd import then, when
from typer.testing import CliRunner

from adapters.cli.app import app
from adapters.letters.writing import write
from domain import facts
from domain.disclaimers import NO_LIABILITY, NO_RATING, PRIORITY
from domain.events import EditionAttained
from domain.facts import Dynamic, Edition, Excellence, Language, LetterKind
from features.words import says
from features.world import HASH, World


@when(says('"{who}" is assessed {grade:Class} for {year:Year} on {at:Moment} by statements from "{register}"'))
def _by_statements(world: World, who: str, grade: Excellence, year: int, at: datetime, register: str) -> None:
    assessed = facts.ClassAssessed(
        business_year=year, attained=grade, model_version="model-1", inputs_hash=HASH, statements_from=register
    )
    world.report(who, assessed, at)


@when(says('the consensus with "{who}" is recorded on {at:Moment}'))
def _consensus(world: World, who: str, at: datetime) -> None:
    world.report(who, facts.ConsensusRecorded(order=world.order(who), evidence=HASH), at)


@when(says('the dynamic score of "{who}" is "{score}" on {at:Moment}'))
def _dynamic(world: World, who: str, score: str, at: datetime) -> None:
    world.report(who, facts.DynamicScoreReported(score=Dynamic(score)), at)


@then(says('"{who}" is not in the register'))
def _not_there(world: World, who: str) -> None:
    assert world.entry(who, world.now) is None


@then(says('nothing was decided about "{who}"'))
def _nothing(world: World, who: str) -> None:
    assert [e.name for e in world.fresh(who) if e.fact is None] == []


@then(says('"{who}" attains no special edition'))
def _no_edition(world: World, who: str) -> None:
    assert {told.edition for told in world.decided(who, EditionAttained)} <= {Edition.BASE}


@then(says('"{who}" attains {edition:Edition}'))
def _edition(world: World, who: str, edition: Edition) -> None:
    assert [told.edition for told in world.decided(who, EditionAttained)][-1] is edition


@then("the report is recorded")
def _recorded(world: World) -> None:
    assert (world.summary.recorded, world.summary.rejected) == (1, 0)


@then(says('who asks the register for "{who}" is told so in Serbian and in English'))
def _told(world: World, who: str) -> None:
    day = f"{world.now:%Y-%m-%d}"
    command = ["--database", world.system.settings.database, "register", "show", world.subject(who), "--at", day]
    said = " ".join(CliRunner(env={"BONITET_KEY": world.system.settings.key}).invoke(app, command).output.split())
    for language in ("sr", "en"):
        assert NO_RATING[language] in said
        assert NO_LIABILITY[language] in said


@then(says('a renewal notice to "{who}" says so in Serbian, and in English that the Serbian text has priority'))
def _in_letters(world: World, who: str) -> None:
    subject = world.subject(who)
    for language, tongue in ((Language.SERBIAN_CYRILLIC, "sr"), (Language.ENGLISH, "en")):
        text = write(world.system, subject, LetterKind.RENEWAL_NOTICE, language, order=None, about=None).text
        assert NO_RATING[tongue] in text
        assert NO_LIABILITY[tongue] in text
        assert PRIORITY[tongue] in text
