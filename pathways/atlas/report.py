"""placeholder"""


def atlas_page(*a):
    return "x"
