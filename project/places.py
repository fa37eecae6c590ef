"""The regions that members belong to, and the facilities where they work."""

from __future__ import annotations

FACILITIES = {
    "Alaskan": "ZAN ANC FAI JNU",
    "Central": "ZKC MCI STL OMA ICT DSM",
    "Eastern": "ZNY ZDC N90 PCT JFK LGA EWR PHL DCA IAD PIT BUF",
    "Great Lakes": "ZAU ZID ZMP ZOB C90 ORD MDW DTW CLE MSP IND MKE CVG",
    "New England": "ZBW A90 BOS BDL PVD MHT BTV PWM",
    "Northwest Mountain": "ZDV ZLC ZSE D01 DEN SLC SEA PDX BOI",
    "Southern": "ZTL ZJX ZMA ZME A80 F11 ATL CLT MIA MCO TPA BNA MEM RDU",
    "Southwest": "ZAB ZFW ZHU D10 I90 DFW IAH AUS SAT ABQ MSY OKC",
    "Western Pacific": "ZLA ZOA SCT NCT LAX SFO SAN LAS PHX OAK HCF",
}
"""The codes of the facilities of each region, as the regions list them."""

PLACES = tuple(
    (code, region) for region, codes in FACILITIES.items() for code in codes.split()
)
"""Every facility with its region."""
