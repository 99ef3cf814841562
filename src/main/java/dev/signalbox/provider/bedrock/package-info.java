/**
 * Amazon Bedrock, in the account that API keys or credentials of AWS belong to.
 *
 * @see <a href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html">Amazon
 *     Bedrock Runtime</a>
 */
@NullMarked
package dev.signalbox.provider.bedrock;

import org.jspecify.annotations.NullMarked;
