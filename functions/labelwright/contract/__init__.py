"""What Ground Truth sends and what it expects back, as models.

Lenient in what the service sends: unknown keys are kept, any ``version`` is taken. Strict in what
we emit: nothing but the keys the contract has. Facts and their sources are in
README.md beside this module; docstrings cite it as "contract section 3.1".
"""
