/**
 * How good samples are: Fréchet distance, Inception score, precision and recall, in float64 over plain arrays of
 * features. What extracts the features is the caller's business.
 */
package anneal.metric;
