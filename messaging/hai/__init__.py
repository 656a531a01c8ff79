"""HAI Kemenkeu, the ministry's central service desk: signed calls in, signed call-backs out."""
