/** Anneal beside PyTorch in one run: the same numbers in, turns taken alternately, results compared, then a table. */
package anneal.bench.peer;
