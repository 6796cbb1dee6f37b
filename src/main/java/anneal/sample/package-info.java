/**
 * What a sampling run is: which samples, from which model, guided by what, in batches of which size. The result depends
 * on the seed and a sample's number, never on the batches.
 */
package anneal.sample;
