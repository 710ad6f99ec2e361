### The words of compare and pricing.

## compare: rows, and names in its sentences.

row-as-booked = as booked
row-at-todays-prices = at today's prices
row-at-these-prices = at these prices
row-their-own = their own
their-own-models = their own models
place-of-platform = { $platform } ({ $region })
model-on-place = { $model } on { $place }
names-more = { $count } more

## compare: what has to be known to read the table rightly.

same-tokens =
    { $day ->
        [call] The same tokens of { $calls } at the prices of each call's day (list of { $list }).
       *[other] The same tokens of { $calls } at the prices of { $day } (list of { $list }).
    }
same-tokens-own-prices =
    { $day ->
        [call] The same tokens of { $calls } at the prices of each call's day (list of { $list }), with your own prices and factors (cost.pricing).
       *[other] The same tokens of { $calls } at the prices of { $day } (list of { $list }), with your own prices and factors (cost.pricing).
    }
as-if-batch = As if every call had gone through the batch API: half price, answers within a day, no fast mode. Claude Code itself makes no batch calls.
tokenizers-differ = Tokenizers differ: models since Opus 4.7, and Haiku 5.5, count about 30% more tokens for the same text than earlier ones. Cost is for the tokens as they were counted, Adjusted for what the model itself would have counted, price steps by prompt length included. Take the two as a range.
calls-too-long =
    { $calls ->
        [one] { $calls } call has a prompt longer than the context window of { $models }, and could not be made there as they are.
       *[other] { $calls } calls have a prompt longer than the context window of { $models }, and could not be made there as they are.
    }
calls-cache-too-short =
    { $calls ->
        [one] { $calls } call caches less than the shortest prompt that is cached by { $models }, which would bill those tokens as input.
       *[other] { $calls } calls cache less than the shortest prompt that is cached by { $models }, which would bill those tokens as input.
    }
calls-no-fast =
    { $calls ->
        [one] { $calls } call ran in fast mode, which is not to be had with { $models }, and is priced at standard speed.
       *[other] { $calls } calls ran in fast mode, which is not to be had with { $models }, and are priced at standard speed.
    }
calls-no-us-only =
    { $calls ->
        [one] { $calls } call ran in the US only, which is not to be had with { $models }.
       *[other] { $calls } calls ran in the US only, which is not to be had with { $models }.
    }
calls-no-search =
    { $calls ->
        [one] { $calls } call searched the web, which is not offered with { $models }.
       *[other] { $calls } calls searched the web, which is not offered with { $models }.
    }
calls-no-1h-cache =
    { $calls ->
        [one] { $calls } call wrote to the cache for an hour, which is not offered with { $models }.
       *[other] { $calls } calls wrote to the cache for an hour, which is not offered with { $models }.
    }
calls-not-sold =
    { $calls ->
        [one] { $calls } call ran where there is no { $models }, which is priced as if there were.
       *[other] { $calls } calls ran where there is no { $models }, which is priced as if there were.
    }
calls-estimated =
    { $calls ->
        [one] { $calls } call has no certain price with { $models }, marked ~.
       *[other] { $calls } calls have no certain price with { $models }, marked ~.
    }
not-for-everybody = Not everybody can have { $models }.
model-retires = { $model } is retired on { $day }.
transfer-on-top = Data transfer would come on top, the same for every row: about { $size } at { $price } a gigabyte is { $cost } (estimated at { $bytes } bytes a token).
unlisted-not-compared = { $amount } of the ledger is unlisted: money without a call, which cannot be priced again and is not in here.
lines-not-compared =
    { $lines ->
        [one] { $lines } line of the ledger cannot be read and is in no figure.
       *[other] { $lines } lines of the ledger cannot be read and are in no figure.
    }
quality-not-compared = Quality is not compared: a model that needs more calls or longer answers for the same work costs more than this says.

## pricing: kinds of prices, rows and their notes.

price-input = input
price-output = output
price-cache-write-5m = 5-minute cache write
price-cache-write-1h = 1-hour cache write
price-cache-read = cache read
prompts-over = prompts over { $tokens }
price-your-own = your own
retirement-on = retirement { $day }
release-on = release { $day }
deprecation-on = deprecation { $day }
limited-availability = limited availability
model-active = active
model-deprecated = deprecated
model-retired = retired

## pricing list.

prices-shown = USD for a million tokens on { $platform } ({ $region }), { $day } (list of { $list }). Batches cost { $factor } of it; `cost-hook pricing show MODEL` has the rest.
prices-multiplied = Every price is multiplied by { $factor } (cost.pricing.multiplier, discounts.providers).
own-prices = * your own prices (cost.pricing.overrides): { $prices }.
own-prices-of-model = { $model } ({ $prices })

## pricing show.

model-family = Family
model-still-on = Still on
model-prices = Prices
model-exceptions = Exceptions
model-fast-mode = Fast mode
model-batch = Batch
model-us-only = US only
model-regional = Regional
model-takes = Takes
model-sources = Sources
model-notes = Notes
days-from-until = { $from } until { $until }
days-since = since { $from }
days-until = until { $until }
days-always = always
rates-plain = { $input } in, { $output } out
rates-with-cache = { $input } in, { $output } out, { $short } and { $long } cache write, { $read } cache read
rates-of-days = { $days }: { $rates }
rates-over = prompts over { $tokens }: { $rates }
rates-over-if = prompts over { $tokens } ({ $condition }): { $rates }
times-factor = times { $factor }
everywhere = everywhere
exception = { $platform } ({ $place }): { $what } ({ $confidence })
sources-with-confidence = { $sources } ({ $confidence })
confidence-high = high confidence
confidence-medium = medium confidence
confidence-low = low confidence
fast-none = none
fast-factor = times { $factor }, { $days } ({ $state })
fast-available = available
fast-preview = research preview
fast-ending = deprecated 2026-10-30, removal 2026-11-30
fast-refused = removed; requests now fail
fast-standard = removed; requests now run and bill at standard speed
batch-factor = times { $factor }, on every platform that has it; never fast
us-only-factor = times 1.1 (Claude API, Claude Platform on AWS, Foundry's US data zone)
us-only-none = not to be had (Claude API, Claude Platform on AWS, Foundry's US data zone)
regional-factor = times 1.1 (Bedrock, Google)
regional-same = no difference (Bedrock, Google)
with-gov-cloud = { $regional }, GovCloud times 1.2
takes-prompts = prompts of { $tokens } tokens
takes-and-caches = prompts of { $tokens } tokens, caches from { $least } on
takes-counts-more = { $takes }; counts about 30% more tokens for the same text than models up to 4.6
in-force = In force on { $platform } ({ $region }), { $day }, USD for a million tokens
own-price =
    { $count ->
        [one] * your own price ({ $count } kind), for prompts of every length: { $prices }. To give it up: cost-hook config unset 'cost.pricing.overrides[{ $model }]'
       *[other] * your own price ({ $count } kinds), for prompts of every length: { $prices }. To give it up: cost-hook config unset 'cost.pricing.overrides[{ $model }]'
    }
own-price-of-kind = { $kind } { $price }
own-price-instead = { $kind } { $price } instead of { $published }
multiplied = Multiplied by { $factor } (cost.pricing.multiplier, discounts.providers).
sample-cost = A million tokens as Claude Code spends them (94% read from the cache, 4% written to it for five minutes, 1% other input, 1% output, short prompts) cost { $cost }.

## pricing update.

row-left-out = { $row } is left out: { $why }; { $cure }
no-prices-to-take =
    { $models ->
        [one] Nothing to do: the file has the prices in force of { $models } model, and no others to take.
       *[other] Nothing to do: the file has the prices in force of { $models } models, and no others to take.
    }
prices-written =
    { $models ->
        [one] Prices of { $models } model written to { $file }, in USD for a million tokens. They hold for calls booked from now on; what is booked keeps its cost.
       *[other] Prices of { $models } models written to { $file }, in USD for a million tokens. They hold for calls booked from now on; what is booked keeps its cost.
    }
prices-would-be-written =
    { $models ->
        [one] Prices of { $models } model would be written to { $file }, in USD for a million tokens. They hold for calls booked from now on; what is booked keeps its cost.
       *[other] Prices of { $models } models would be written to { $file }, in USD for a million tokens. They hold for calls booked from now on; what is booked keeps its cost.
    }
steps-lost = { $model } has other prices for longer prompts in the file; an override holds for all lengths.
own-prices-left = Left as you have set them: { $models }. To take the file's prices: --replace, or --model for one.
setting-without-effect = `{ $key }` there has no effect: { $why }
