/**
 * Studies of trained models: a judge that looks at samples, the figures it gives, and their tables and plots.
 */
package anneal.study;
