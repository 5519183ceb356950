"""One web app for people: data sets explored in a browser, on this computer and without internet.

Needs the extra ``web``; nothing here is imported before a command asks for it.
"""
