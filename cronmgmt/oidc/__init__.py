"""Login through an OpenID Connect provider (extra ``oidc``): claims -> roles here.

configuration  what a site's settings take over, for Auth0 or any other provider
claims         what the provider says of a person -> roles; pure
people         roles and an identity -> a user with these groups
tokens         an access token for the REST API -> what it says, checked
keyring        the provider's public keys, kept for a while
bearer         an access token -> the same user as by the login
backend        tokens -> identity, each checked
views          to the provider and back; what fails is a page, never a 500
middleware     rights are asked for anew in time; a session lasts while it is used
"""
