print('interoperability'[::-1])
