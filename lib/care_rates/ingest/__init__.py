"""Take in next year's official release: one command, all of it or nothing.

For those who come back with new data
-------------------------------------
Download the publisher's CSV file, leave it as it is, and say::

    care-rates ingest cla_number_and_rate_per_10k_children.csv --dry-run
    care-rates ingest cla_number_and_rate_per_10k_children.csv
    care-rates run

The first line tells what would happen and writes nothing. The second writes the
rows into ``data/raw/``, adds the release to ``sources.csv`` and describes the new
files in ``datapackage.json``. The third makes every notebook and page again; what goes
to the new year by itself is said in ``docs/new_data.md``. Commit ``data/raw/`` with a
sentence that names the release.

**What is known.** Three layouts, whatever the order of the columns, the case of the
headings, or the lines of title above them:

* *explore education statistics* (Department for Education since 2019): headings
  ``time_period``, ``geographic_level``, ``new_la_code`` … and one column a figure.
  Children looked after (number and rate: feeds stock, flows and population at once;
  by characteristics: ages and placements), children in need (tables b1, c1, c4, d1,
  d3, d5 and the mid-year population), social work workforce;
* *underlying data* (Department for Education 2011 to 2019): one row an area, headings
  such as ``New_geog_code`` and ``CLA_Mar2015``, year in the heading; three files a
  release (at 31 March, started, ceased), and the workforce of 2015 and 2016; children in
  need of 2010 to 2017 too, once ``--heading`` says which column is which;
* *StatsWales*: one table a year with sex and age across; areas down and years across;
  or one figure a row (``Data values``).

**Several files are one release.** Give the files of one release together
(``care-rates ingest b1_*.csv c1_*.csv d3_*.csv d5_*.csv``): columns of one table are
put side by side. A file that comes later fills what the release still lacked.

**What is said.** How many rows are new; every figure that differs from the last
release that printed the same year (both stay: a release is never rewritten); every
figure corrected in a release that was taken in before (replaced; tables that keep one
figure a year, as the Welsh one does, take the newer); what was left out
(footnotes, totals, areas that no table keeps) with file, row and reason; the sum of
the authorities beside the printed figure for England or Wales. ``--report FILE.csv``
keeps all of it.

**What stops it.** One doubtful cell stops everything, and nothing is written: an
unknown area, marker, class or heading, a code that belongs to another name, two rows
that disagree, a rate that its own count and population contradict, a formula, a broken
file. The message says file, row, field and remedy. Publishers' markers (c, x, z, .,
.., u, low, k, :, *) become flags; a blank is never taken for zero. So does a file that
is not the release it seems: areas that the release before had are missing, the
authorities fall short of the printed total by more than rounding and withheld figures
explain, years between are left out, many figures of a known release that would be
replaced, back years that differ by more than publishers revise. A source whose layout
is not known is refused by its name (:mod:`care_rates.ingest.unread`).

* ``--absent AREA`` says that the publisher leaves an area out; ``--absent all`` that the
  file is a part. ``--replace RELEASE`` lets many figures of a known release be replaced,
  ``--revised TABLE`` lets its back years differ (both releases stay). What was accepted
  is noted in the report and in ``sources.csv``.
* ``--heading "OLD=KNOWN"`` reads a renamed or misprinted heading as a known one (for
  instance ``--heading CLA_started2014=CLA_started2015``); it is noted in sources.csv.
* ``--table NAME`` keeps only these tables, and decides where one layout can mean
  several things (tables by characteristics).
* ``--release-year YEAR`` where the file does not show it, or comes after a gap. ``--publisher``,
  ``--title`` and ``--release`` say what ``sources.csv`` should hold.
* A new authority: add its row to ``areas_england.csv`` (its predecessors get
  ``valid_to_year``), say ``care-rates seal areas_england``, then take in the release.

**If the machine stops in between.** Files are first written whole and checked in
``data/raw/.ingest``, then moved, ``datapackage.json`` last. Until then every notebook
stops at the hash check; ``care-rates ingest --finish`` puts the rest in place, or
takes back what had not begun.
"""

from care_rates.ingest.findings import IngestError, Report
from care_rates.ingest.options import Options
from care_rates.ingest.release import ingest
from care_rates.ingest.store import finish

__all__ = ["IngestError", "Options", "Report", "finish", "ingest"]
