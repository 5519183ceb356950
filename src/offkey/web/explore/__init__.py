"""The explorer: a data set listened to in a browser, before modelling and after."""
