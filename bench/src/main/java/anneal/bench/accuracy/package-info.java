/** How exact the algorithms of the cpu device's convolutions are, layer by layer and in finished samples. */
package anneal.bench.accuracy;
