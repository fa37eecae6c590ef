"""Names that made-up members may have, one word each."""

from __future__ import annotations

FIRST_NAMES = (
    "Aaliyah Aaron Adam Alicia Amanda Amir Andrea Angela Anthony Ashley Benjamin Beth "
    "Brandon Brian Carla Carlos Carmen Chloé Chris Cynthia Daniel David Deborah Denise "
    "Derek Diego Donna Edward Elena Emily Eric Erin Fatima Frank Gary George Gloria "
    "Grace Hannah Hiroshi Ian Isaac Jacob Jamal James Janet Jason Jennifer Jessica José "
    "Joshua Juan Julie Karen Kevin Keisha Kyle Laura Lin Linda Luis Maria Mark Matthew "
    "Megan Mei Michael Michelle Miguel Mohamed Monica Nancy Nathan Nicole Olivia Omar "
    "Pamela Patrick Paul Priya Rachel Raj Renée Robert Rosa Ryan Samantha Sarah Scott "
    "Sean Sofía Stephen Susan Tamika Teresa Thomas Timothy Tyler Vanessa Victor William"
)
LAST_NAMES = (
    "Adams Allen Álvarez Anderson Bailey Baker Bell Bennett Brooks Brown Campbell "
    "Carter Castillo Chen Clark Collins Cook Cooper Cox Cruz Davis Díaz Edwards Evans "
    "Flores Foster Garcia Gómez Gonzalez Gray Green Gutiérrez Hall Harris Hernández "
    "Hill Howard Hughes Jackson James Jenkins Johnson Jones Kelly Kim King Kowalski Lee "
    "Lewis Long Lopez Martin Martinez Miller Mitchell Moore Morales Morgan Morris Müller "
    "Murphy Myers Nelson Nguyen O'Brien O'Connor Ortiz Parker Patel Perez Perry Peterson "
    "Phillips Powell Price Ramirez Ramos Reed Reyes Reynolds Richardson Rivera Roberts "
    "Robinson Rodriguez Rogers Ross Russell Sanchez Sanders Schmidt Scott Singh Smith "
    "Stewart Sullivan Tanaka Taylor Thomas Thompson Torres Turner Walker Ward Watson "
    "White Williams Wilson Wood Wright Young"
)
