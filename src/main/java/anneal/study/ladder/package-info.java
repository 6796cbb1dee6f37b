/**
 * The ladders of kernels/ladder: each hot kernel from the naive version to the one that ships, rung by rung, for those who
 * measure kernels and those who teach with them. What each rung moves, how long it takes, and what that should be.
 */
package anneal.study.ladder;
