"""The explorer: a data set looked over in a browser, before modelling and after."""
