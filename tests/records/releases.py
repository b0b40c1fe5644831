"""Releases in the styles of 2014 to 2019, written for the tests after the pattern of real ones."""

OCTOBER_2014 = """Oct. 12, 2014 TAMPA, Fla. — U.S. and partner nation military forces continued to attack
terrorists in Syria
Saturday and today using fighter aircraft to conduct six airstrikes.
In Syria, four airstrikes near Kobani destroyed a staging area.  An airstrike east of Ar Raqqah destroyed a
camp; another
airstrike southeast of Hit hit a car. To conduct these strikes, the U.S. employed fighter aircraft.
In Iraq, one strike destroyed a fighting position south of the Bayji oil refinery, while two strikes northeast
of Fallujah
struck fighters. All aircraft departed the strike areas safely. Airstrike assessments are based on initial reports."""

JUNE_2015 = """June 3, 2015
Release # 20150603
FOR IMMEDIATE RELEASE
SOUTHWEST ASIA – Coalition military forces continued to attack terrorists in Syria and Iraq between 8 a.m.,
June 2, and
8 a.m., June 3, local time. In Syria, coalition military forces conducted six airstrikes using bomber aircraft.
Separately
in Iraq, coalition military forces conducted 15 airstrikes approved by the Iraqi Ministry of Defense.
“The Coalition continues to strike targets in and around Ramadi, Iraq” said Brig. Gen. Example.
The following is a summary of the strikes conducted since the last press release:
Syria
Near Al Hasakah, six airstrikes struck five tactical units, destroying
two fighting positions.
Iraq
* Near Al Huwayjah, one airstrike struck a facility.
* Near Hit in Al Anbar Province, twelve airstrikes had inconclusive results.
* Near Mosul two strikes destroyed a vehicle."""

AUGUST_2017 = """SOUTHWEST ASIA, Aug. 22, 2017 — U.S. and coalition military forces continued to attack
yesterday, conducting 30
strikes consisting of 66 engagements, officials reported today.

Officials reported details of yesterday's strikes, noting that assessments of results are based on initial reports.

Strikes in Syria

In Syria, coalition military forces conducted 21 strikes consisting of 32 engagements against targets:

-- Near Abu Kamal, a strike destroyed a headquarters.

-- Near Raqqa, twenty-two strikes engaged 13 tactical units; one strike suppressed a mortar.

Strikes in Iraq

In Iraq, coalition military forces conducted one strike consisting of one engagement against targets:

-- Huwayjah, a strike engaged a tactical unit.

Earlier Strikes

Officials today also announced results of 50 strikes conducted Aug. 18-20 in Syria and Iraq:

-- On Aug. 18 near Dayr Az Zawr, Syria, 12 strikes engaged a tactical unit.

Task force officials define a strike as one or more kinetic events. A single aircraft delivering a single
weapon against a
lone vehicle is one strike, but so is multiple aircraft delivering dozens of weapons."""

MARCH_2018 = """March 23, 2018. The task force continued to strike targets in designated parts of Syria and
Iraq between
March 16-22, conducting 14 strikes consisting of 19 engagements, officials reported today.
Strikes in Syria
On March 21, coalition military forces conducted a strike consisting of one engagement against targets near Abu
Kamal. The
strike engaged a tactical unit.
There were no reported strikes in Syria on March 18.
On March 17, coalition military forces conducted two strikes against targets.
Strikes in Iraq
On March 19, coalition military forces conducted three strikes consisting of three engagements against targets:
-- Near Qaim, three strikes engaged a tactical unit."""

JANUARY_2019 = """Release date: January 30, 2019
In the period between January 13th and January 26th, the coalition carried out 645 strikes consisting of 1,360
engagements
in Syria and conducted nine strikes consisting of 12 engagements in Iraq.
In Syria, 645 strikes engaged 394 tactical units, and destroyed 244 fighting positions.
In Iraq, nine strikes engaged 11 tactical units."""
