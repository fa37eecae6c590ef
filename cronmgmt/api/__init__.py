"""REST (extra ``api``): a request -> one verb or question -> JSON, or a problem.

access    who asks, and what they may
reading   the body of a request, checked before anything is done
problems  what is refused, as RFC 9457 has it
shapes    what goes in and out, as the OpenAPI document tells it
views     what all endpoints have in common
asking    what follows the question mark
telling   rows, as programs are told of them
idempotency  what is sent again under a key: done once, answered as before
jobs      all jobs; triggering one, and its last result
job       one job: edit, retire, off and on, what will be and what was
runs      runs and their logs; cancelling and repeating them
site      work for the queue, nodes, activity
schema    what the OpenAPI document says of each; document: the whole

Nothing of this asks the site for settings of Django REST framework: each view brings
its own.
"""
