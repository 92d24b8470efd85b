"""The holidays that the law itself gives every year, whatever the year's notice says (全国年节及纪念日放假办法 of 2024,
Art. 2): New Year, Spring Festival with its eve, Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day.

What the notice adds is not known before it comes: the days in exchange, the make-up days, and the day off for a holiday
that falls on a weekend (Art. 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

LAW = "全国年节及纪念日放假办法（2024年修订）"
SINCE = 2025                     # the edition of 2024 applies from 1 January 2025
NAMES = {
    "new_year": "元旦", "spring_festival": "春节", "qingming": "清明节", "labour_day": "劳动节",
    "dragon_boat": "端午节", "mid_autumn": "中秋节", "national_day": "国庆节",
}
FIXED = (("new_year", 1, 1, 1), ("labour_day", 5, 1, 2), ("national_day", 10, 1, 3))     # month, day, how many days
SPRING_FESTIVAL = range(-1, 3)   # days off, counted from the first of the lunar year

# Year, then month and day of the first of the lunar year, Qingming, 5 of the 5th and 15 of the 8th lunar month, by the
# rules of GB/T 33661-2017; lunar_python 1.4.8 and lunardate 0.3.0 give the same days for every year.
_MOVING = """
    2008 0207 0404 0608 0914   2009 0126 0404 0528 1003   2010 0214 0405 0616 0922   2011 0203 0405 0606 0912
    2012 0123 0404 0623 0930   2013 0210 0404 0612 0919   2014 0131 0405 0602 0908   2015 0219 0405 0620 0927
    2016 0208 0404 0609 0915   2017 0128 0404 0530 1004   2018 0216 0405 0618 0924   2019 0205 0405 0607 0913
    2020 0125 0404 0625 1001   2021 0212 0404 0614 0921   2022 0201 0405 0603 0910   2023 0122 0405 0622 0929
    2024 0210 0404 0610 0917   2025 0129 0404 0531 1006   2026 0217 0405 0619 0925   2027 0206 0405 0609 0915
    2028 0126 0404 0528 1003   2029 0213 0404 0616 0922   2030 0203 0405 0605 0912   2031 0123 0405 0624 1001
    2032 0211 0404 0612 0919   2033 0131 0404 0601 0908   2034 0219 0405 0620 0927   2035 0208 0405 0610 0916
    2036 0128 0404 0530 1004   2037 0215 0404 0618 0924   2038 0204 0405 0607 0913   2039 0124 0405 0527 1002
    2040 0212 0404 0614 0920   2041 0201 0404 0603 0910   2042 0122 0404 0622 0928   2043 0210 0405 0611 0917
    2044 0130 0404 0531 1005   2045 0217 0404 0619 0925   2046 0206 0404 0608 0915   2047 0126 0405 0529 1004
    2048 0214 0404 0615 0922   2049 0202 0404 0604 0911   2050 0123 0404 0623 0930   2051 0211 0405 0613 0919
    2052 0201 0404 0601 0907   2053 0219 0404 0620 0926   2054 0208 0404 0610 0916   2055 0128 0405 0530 1005
    2056 0215 0404 0617 0924   2057 0204 0404 0606 0913   2058 0124 0404 0625 1002   2059 0212 0405 0614 0921
    2060 0202 0404 0603 0909   2061 0121 0404 0622 0928   2062 0209 0404 0611 0917   2063 0129 0405 0601 1006
    2064 0217 0404 0619 0925   2065 0205 0404 0608 0915   2066 0126 0404 0528 1003   2067 0214 0405 0616 0923
    2068 0203 0404 0604 0911   2069 0123 0404 0623 0929   2070 0211 0404 0613 0919   2071 0131 0405 0602 0908
    2072 0219 0404 0620 0926   2073 0207 0404 0610 0916   2074 0127 0404 0530 1005   2075 0215 0404 0617 0924
    2076 0205 0404 0606 0912   2077 0124 0404 0624 1001   2078 0212 0404 0614 0920   2079 0202 0404 0604 0910
    2080 0122 0404 0622 0928   2081 0209 0404 0611 0917   2082 0129 0404 0601 1006   2083 0217 0404 0619 0926
    2084 0206 0404 0607 0914   2085 0126 0404 0527 1003   2086 0214 0404 0615 0922   2087 0203 0404 0605 0911
    2088 0124 0404 0623 0929   2089 0210 0404 0613 0918   2090 0130 0404 0602 0908   2091 0218 0404 0621 0927
    2092 0207 0404 0609 0916   2093 0127 0404 0529 1005   2094 0215 0404 0617 0924   2095 0205 0404 0606 0913
    2096 0125 0404 0624 0930   2097 0212 0404 0614 0920   2098 0201 0404 0604 0909   2099 0121 0404 0623 0929
"""


def known_years() -> range:
    """The years of which the moving holidays are known too; of later ones only those with a fixed date."""
    return range(min(_moving()), max(_moving()) + 1)


@lru_cache(maxsize=256)
def of_year(year: int) -> Mapping[date, str]:
    """The days off of a year by the edition of 2024, each with its holiday's name (of two on one day, the first)."""
    days: dict[date, str] = {}
    for name, month, day, count in FIXED:
        for after in range(count):
            days.setdefault(date(year, month, day + after), NAMES[name])
    if year not in _moving():
        return days
    spring_festival, qingming, dragon_boat, mid_autumn = _moving()[year]
    for after in SPRING_FESTIVAL:
        days.setdefault(spring_festival + timedelta(after), NAMES["spring_festival"])
    for day, name in ((qingming, "qingming"), (dragon_boat, "dragon_boat"), (mid_autumn, "mid_autumn")):
        days.setdefault(day, NAMES[name])
    return days


@lru_cache(maxsize=1)
def _moving() -> dict[int, tuple[date, ...]]:
    words = _MOVING.split()
    return {
        int(words[at]): tuple(date(int(words[at]), int(word[:2]), int(word[2:])) for word in words[at + 1:at + 5])
        for at in range(0, len(words), 5)}
