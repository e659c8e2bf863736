"""Words that say little of what is looked for, so that they need not be there.

They are English, German and French ones, and Spanish, Italian and Portuguese ones, written as
`words.folded` gives them.
"""

_TEXT = """
a an and any are as at be by can do does for from how i if in into is it its me my of on or
our so that the their them then they this to up us use via want we what when where which
who will with you your
aus bei das dem den der des die ein eine einem einen einer es fuer ich im ist man mit nach
oder sich sie und vom von wenn wie wir zu zum zur
au aux avec ce ces dans de des du elle en est et il je la le les leur mes mon ou par pour
que qui sa se ses son sur un une vos votre
al como con del desde e el esta este gli los las lo mas mi no nos o para per por sin su sus
te tu una uno y da dei della di dos das na nas os um uma
"""

STOP_WORDS = frozenset(_TEXT.split())
