import json
print(sum(i['pieces'] < 60 for i in json.load(open('stock.json'))['items']))
