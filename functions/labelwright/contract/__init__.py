"""What Ground Truth sends and what it expects back, as models.

Lenient in what the service sends: unknown keys are kept, any ``version`` is taken. Strict in what
we emit: nothing but the keys the contract has.
"""
